#!/usr/bin/env bash
# Whoever of a launch's processes is killed, and whenever: the starter, the planner, a keeper, a server, an init, a
# watcher, the payload, an instance. What had to do with it ends, nothing is left, and the list of instances is true.
#
#   e2e/killed-anywhere.sh        at random moments; SEED=N for those of another run, which it prints
#   POINTS=N …                    so many for each launch
#   LAUNCHES='plain pid' …        only these launches
. "$(dirname "$0")/lib.sh"
. "$E2E/fixtures/common.sh"
. "$E2E/fixtures/watched.sh"

SEED=${SEED:-$(date +%s)}
POINTS=${POINTS:-3}
PLACE=$SCRATCH/place
WHOSE=$(cat /proc/sys/kernel/hostname)/$(id -un)
export PLACE BUSYBOX XDG_RUNTIME_DIR=$PLACE KERR_CONFIGDIR=$PLACE/config TMPDIR=$PLACE/tmp
export RECORDS=$KERR_CONFIGDIR/instances/$WHOSE

# ---- the launches: NAME, variables of its own, and the words behind kerr; or the commands of a shell

LIFE='/bin/busybox sleep 0.15; :'

launches() {
  cat <<END
plain KERR_SHARED_MOUNT_LINGER=0 exec
planned KERR_SHARED_MOUNT_LINGER=0 KERR_NO_STORED_PLAN=1 exec
pid KERR_SHARED_MOUNT_LINGER=0 exec --pid
contained KERR_SHARED_MOUNT_LINGER=0 exec --containall
overlay KERR_SHARED_MOUNT_LINGER=0 exec --overlay $PLACE/overlay
END
  [ ! -e "$PLACE/overlay.img" ] || echo "file KERR_SHARED_MOUNT_LINGER=0 exec --overlay $PLACE/overlay.img"
  if is_root; then
    echo 'userns KERR_SHARED_MOUNT_LINGER=0 exec --userns'
  else
    echo 'shared KERR_SHARED_MOUNT_LINGER=1 exec'
    echo 'fakeroot KERR_SHARED_MOUNT_LINGER=0 exec --fakeroot'
    ! command -v pasta >/dev/null || [ ! -w /dev/net/tun ] ||
      echo 'network KERR_SHARED_MOUNT_LINGER=0 exec --net --network pasta'
  fi
  if "$KERR" exec --pids-limit 50 "$BUSYBOX" true 2>/dev/null; then
    echo 'limits KERR_SHARED_MOUNT_LINGER=0 exec --pids-limit 50'
  fi
  echo 'start KERR_SHARED_MOUNT_LINGER=0 :'
  echo 'stop KERR_SHARED_MOUNT_LINGER=0 :'
}

make_place() {
  mkdir -p "$TMPDIR" "$PLACE/overlay" "$KERR_CONFIGDIR"
  chmod 700 "$PLACE"
  "$KERR" --quiet overlay create --size 64 --sparse "$PLACE/overlay.img" 2>/dev/null || rm -f "$PLACE/overlay.img"
  launches >"$SCRATCH/launches"
}

start_one() { "$KERR" --quiet instance start "$BUSYBOX" killed /bin/busybox sleep 60; }
stop_one() { "$KERR" --quiet instance stop killed; }
export -f start_one stop_one

# Whether what is listed is there, and what is not is not; then nothing is to be there.
TRUTH='
  "$KERR" instance list >"$PLACE/listed" || echo "the list fails" >"$PLACE/untrue"
  if grep -q "^killed " "$PLACE/listed"; then
    "$KERR" exec instance://killed /bin/busybox true || echo "is listed, and not to be entered" >"$PLACE/untrue"
    "$KERR" --quiet instance stop --force killed || echo "is listed, and does not stop" >"$PLACE/untrue"
  elif "$KERR" exec instance://killed /bin/busybox true 2>/dev/null; then
    echo "is not listed, and can be entered" >"$PLACE/untrue"
  fi
  [ -z "$(ls -A "$RECORDS" 2>/dev/null)" ] || echo "a record is left" >"$PLACE/untrue"'

# killed LAUNCH MICROSECONDS NUMBER
killed() {
  local name=$1 variables words
  variables=$(sed -n "s/^$name \(\([A-Z_]*=[^ ]* \)*\).*/\1/p" "$SCRATCH/launches")
  words=$(sed -n "s/^$name \([A-Z_]*=[^ ]* \)*//p" "$SCRATCH/launches")
  rm -f "$PLACE/untrue"
  # shellcheck disable=SC2086 # words
  case $name in
    start) env $variables SPARE=1 THEN="$TRUTH" "$SCRATCH/killer" "$2" "$3" "$PLACE/report" bash -c 'start_one; sleep 0.1' ;;
    stop) env $variables SPARE=1 THEN="$TRUTH" "$SCRATCH/killer" "$2" "$3" "$PLACE/report" bash -c 'start_one; stop_one' ;;
    *) env $variables GRACE_MS=$([ "$name" = shared ] && echo 3000 || echo 2000) \
      "$SCRATCH/killer" "$2" "$3" "$PLACE/report" "$KERR" $words "$BUSYBOX" /bin/sh -c "$LIFE" ;;
  esac
}

# What could be left, beside processes: of this script alone, where that can be told.
things() {
  grep -F -e "$SCRATCH" -e kerr /proc/self/mountinfo || true
  grep -H . /sys/block/loop*/loop/backing_file 2>/dev/null | grep -F -e "$SCRATCH" -e "$IMAGES" || true
  find /sys/fs/fuse/connections -mindepth 1 -maxdepth 1 -user "$(id -u)" 2>/dev/null
  find /sys/fs/cgroup -type d -name 'kerr-[0-9o]*' 2>/dev/null
  find "$TMPDIR" -mindepth 1
  find /tmp /var/tmp -maxdepth 1 -user "$(id -u)" -name 'kerr-[bp]*'
  [ ! -e "$PLACE/kerr-mounts" ] || find "$PLACE/kerr-mounts"
}

nothing_left() { [ -z "$(things | sort | comm -13 "$SCRATCH/.things" -)" ]; }

# A killed keeper leaves its name, which is gone with the next look at it.
look_at_mounts() { [ ! -e "$PLACE/kerr-mounts" ] || "$KERR" mount list >/dev/null; }

fault_of() {
  if grep -q '^hung' "$PLACE/report"; then echo hung; fi
  sed -n 's/^left [0-9]* /left the process /p' "$PLACE/report"
  if [ -e "$PLACE/untrue" ]; then cat "$PLACE/untrue"; fi
  look_at_mounts
  eventually nothing_left >/dev/null || things | sort | comm -13 "$SCRATCH/.things" - | sed 's/^/left /'
}

killed_anywhere() {
  local name=$1 life point delay number fault status=0
  things | sort >"$SCRATCH/.things"
  killed "$name" -1 0 # its plan is stored now
  killed "$name" -1 0
  life=$(sed -n 's/^lasted //p' "$PLACE/report")
  if [ "$name" = shared ]; then life=$((life + 1000000)); fi # its keeper lingers
  for point in $(seq "$POINTS"); do
    read -r delay number <<<"$(awk -v seed="$((SEED + point))" -v life="$life" \
      'BEGIN { srand(seed); rand(); print int(rand() * life), int(rand() * 10000) }')"
    killed "$name" "$delay" "$number" >"$PLACE/said" 2>&1 || true
    fault=$(fault_of)
    sed -n 's/^killed //p' "$PLACE/report" >>"$SCRATCH/victims-$name"
    if [ -n "$fault" ]; then
      echo "SEED=$SEED $name, point $point: $(head -n 1 "$PLACE/report") after $delay us: $fault"
      sed 's/^/    /' "$PLACE/said"
      status=1
    fi
  done
  return $status
}

if ! { watched_program killer && make_place; } >"$SCRATCH/.made" 2>&1; then
  skip 'leaves nothing, whoever is killed, and whenever' "$(tail -n 1 "$SCRATCH/.made")"
  exit
fi
echo "# SEED=$SEED, $POINTS points a launch"
for name in ${LAUNCHES:-$(cut -d' ' -f1 "$SCRATCH/launches")}; do
  it "leaves nothing, whoever is killed, and whenever: $name" killed_anywhere "$name"
  echo "# $name: $(sort "$SCRATCH/victims-$name" 2>/dev/null | uniq -c | awk '{ printf "%s%s %s", (NR > 1 ? ", " : ""), $1, $2 }')"
done
