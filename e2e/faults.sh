#!/usr/bin/env bash
# System calls that fail: each kind of call that the C program makes, its first and its last, in each of its processes,
# with EPERM, ENOSPC, ENOMEM and EINTR. Whatever fails, either the payload does not start, the status is 255 and one line
# says what failed; or it starts in the very state in which it does if nothing fails. Nothing hangs, nothing is left.
# When the payload runs, kerr may still fail to wait for it, and says so; an instance is then ended.
#
#   e2e/faults.sh                 a part of them, another each day; SEED=N for that of another day
#   FAULTS=all e2e/faults.sh      all of them
#   FAULTS=every e2e/faults.sh    not the first and the last, but every call, with one of the errors each
#   LAUNCHES='plain pid' …        only these launches
#   KEEP=DIRECTORY …              leaves a line for each fault there
. "$(dirname "$0")/lib.sh"
. "$E2E/fixtures/common.sh"
. "$E2E/fixtures/watched.sh"

FAULTS=${FAULTS:-some}
SEED=${SEED:-$(($(date +%s) / 86400))}
WORKERS=${WORKERS:-3}
SECONDS_A_LAUNCH=${SECONDS_A_LAUNCH:-$(is_root && echo 2 || echo 3)} # of a part
ERRORS=(EPERM ENOSPC ENOMEM EINTR)
NAME=faulty
WELL=7 # with what the payload ends

make_image() {
  cc -static -O1 -Wall -Wextra "$E2E/fixtures/probe.c" -o "$SCRATCH/probe"
  build "$SCRATCH/state.sif" <<END
Bootstrap: localimage
From: $BUSYBOX
%files
    $SCRATCH/probe /probe
%startscript
    exec /probe "\$@"
END
  if "$KERR" exec --pids-limit 50 "$BUSYBOX" true; then touch "$SCRATCH/limited"; fi
  if "$KERR" --quiet overlay create --size 64 --sparse "$SCRATCH/overlay0.img"; then
    for number in $(seq $((WORKERS - 1))); do cp --sparse=always "$SCRATCH/overlay0.img" "$SCRATCH/overlay$number.img"; done
  fi
  sleep 2.1 # plans are stored for what has not just changed
}

# ---- the launches: NAME, variables of its own, and the words; the probe is behind @image@, @instance@ and exec

launches() {
  cat <<'END'
plain KERR_SHARED_MOUNT_LINGER=0 exec @image@
planned KERR_SHARED_MOUNT_LINGER=0 KERR_NO_STORED_PLAN=1 exec @image@
pid KERR_SHARED_MOUNT_LINGER=0 exec --pid @image@
contained KERR_SHARED_MOUNT_LINGER=0 exec --contain @image@
containall KERR_SHARED_MOUNT_LINGER=0 exec --containall --hostname inside @image@
overlay KERR_SHARED_MOUNT_LINGER=0 exec --writable-tmpfs @image@
network KERR_SHARED_MOUNT_LINGER=0 exec --net --network none @image@
join KERR_SHARED_MOUNT_LINGER=0 exec @instance@
instance KERR_SHARED_MOUNT_LINGER=0 instance start @image@
bundle oci @containers@ run @bundle@
start oci @containers@ start @container@
delete oci @containers@ delete --force @container@
enter oci @containers@ exec holder /probe
END
  if is_root; then
    echo 'user KERR_SHARED_MOUNT_LINGER=0 exec --security uid:65534,gid:65534 @image@'
    echo 'userns KERR_SHARED_MOUNT_LINGER=0 exec --userns @image@'
  else
    echo 'shared KERR_SHARED_MOUNT_LINGER=1 exec @image@'
    echo 'sharing KERR_SHARED_MOUNT_LINGER=1 exec @image@' # a mount that another launch has
    echo 'fakeroot KERR_SHARED_MOUNT_LINGER=0 exec --fakeroot @image@'
    echo 'one-id KERR_SHARED_MOUNT_LINGER=0 exec --fakeroot --ignore-subuid @image@'
  fi
  [ ! -e "$SCRATCH/limited" ] || echo 'limits KERR_SHARED_MOUNT_LINGER=0 exec --pids-limit 50 @image@'
  [ ! -e "$SCRATCH/overlay0.img" ] || echo 'file KERR_SHARED_MOUNT_LINGER=0 exec --overlay @overlay@ @image@'
}

containers() { launch bundle "$KERR" oci --root "$PLACE/containers" "$@"; }

# A bundle, and a container of it that goes on.
make_bundle() {
  "$KERR" oci mount "$SCRATCH/state.sif" "$PLACE/bundle"
  cp "$PLACE/bundle/config.json" "$PLACE/whole"
  sed 's,"/.singularity.d/actions/run","/bin/busybox"\, "sleep"\, "3600",' "$PLACE/whole" >"$PLACE/bundle/config.json"
  containers run --detach --bundle "$PLACE/bundle" holder </dev/null >/dev/null 2>&1
  sed 's,"/.singularity.d/actions/run","/probe"\, "@facts"\, "status='$WELL'",' "$PLACE/whole" >"$PLACE/bundle/config.json"
}

# begin_worker NUMBER LAUNCH: a place of its own, in which the launch's plan is stored.
begin_worker() {
  PLACE=$SCRATCH/worker$1
  OVERLAY=$SCRATCH/overlay$1.img
  mkdir -p "$PLACE/config"
  chmod 700 "$PLACE"
  local whose
  whose=$(cat /proc/sys/kernel/hostname)/$(id -un)
  CONTAINER=faulty-$1
  LOG=$PLACE/config/instances/logs/$whose/$NAME
  RECORD=$PLACE/config/instances/$whose/$NAME.json
  ! is_of_bundles "$2" || [ -e "$PLACE/bundle" ] || make_bundle
  [ "$2" != join ] || launch plain "$KERR" --quiet instance start "$SCRATCH/state.sif" holder
  if [ "$2" = sharing ]; then
    launch sharing "$KERR" exec "$SCRATCH/state.sif" /bin/busybox sh -c 'echo $$ >"$1"; exec sleep 3600' _ "$PLACE/holder" &
    HOLDER=$!
    eventually test -s "$PLACE/holder"
  fi
  [ "$2" = planned ] || one "$2" count "$PLACE/counted" >/dev/null 2>&1 || true
}

is_of_bundles() { [[ $1 == bundle || $1 == start || $1 == delete || $1 == enter ]]; }

end_worker() {
  ! is_of_bundles "$1" || { containers delete --force holder && rm -r "$PLACE/bundle"; }
  [ "$1" != join ] || launch plain "$KERR" --quiet instance stop --force holder
  [ "$1" != sharing ] || { kill "$(cat "$PLACE/holder")" && wait "$HOLDER"; } || true # it was killed
}

variables_of() { launches | sed -n "s/^$1 \(\([A-Z_]*=[^ ]* \)*\).*/\1/p"; }
words_of() { launches | sed -n "s/^$1 \([A-Z_]*=[^ ]* \)*//p"; }

# launch NAME COMMAND…: runs the command as that launch is to be.
launch() {
  (
    cd "$SCRATCH" || exit
    # shellcheck disable=SC2046 # words
    env -i HOME="$HOME" PATH="$PATH" LANG=C TERM=dumb CALLERS=1 XDG_RUNTIME_DIR="$PLACE" KERR_CONFIGDIR="$PLACE/config" \
      LOG="$LOG" RECORD="$RECORD" PLACE="$PLACE" KERR="$KERR" NAME="$NAME" THEN="${THEN-}" $(variables_of "$1") "${@:2}"
  )
}

# What is to be seen of an instance when its start has ended: it is there, its payload's state in its log; or nothing is.
AFTER_INSTANCE='
  attempt=0
  while [ "$1" = 0 ] && [ $attempt -lt 60 ] && ! grep -qs "^}" "$LOG.out"; do sleep 0.05; attempt=$((attempt + 1)); done
  pid=$(sed -n "s/.*\"pid\": \([0-9]*\), \"ppid\".*/\1/p" "$RECORD" 2>/dev/null)
  if [ "$1" = 0 ] && ! kill -KILL "$pid" && ! grep -q "^FATAL: " "$LOG.err"; then echo "has no record of a process" >"$PLACE/untrue"; fi
  attempt=0
  while [ -e "$RECORD" ] && [ $attempt -lt 40 ]; do sleep 0.05; attempt=$((attempt + 1)); done
  if [ -e "$RECORD" ]; then # of one whose kerr has ended too early to remove it
    ! "$KERR" instance list | grep -q "^$NAME " || echo "is listed after its end" >"$PLACE/untrue"
    [ ! -e "$RECORD" ] || { rm "$RECORD" && echo "has a record after its end" >"$PLACE/untrue"; }
  fi'

# What is to be seen of a container when somebody was told to start or delete it: its payload's state, or that it is gone.
after_command() {
  if [ "$1" = start ] && [ "$2" = 0 ]; then
    eventually eval "containers state $CONTAINER | grep -q stopped"
    cat "$PLACE/started"
  elif [ "$1" = delete ] && [ ! -e "$PLACE/containers/$CONTAINER" ]; then
    echo }
  fi
  [ ! -e "$PLACE/containers/$CONTAINER" ] || containers delete --force "$CONTAINER"
}

# one LAUNCH WORDS…: runs it under `faults WORDS`; the payload's state is its output, and its status is WELL.
one() {
  local name=$1 words=() word status=0
  for word in $(words_of "$name"); do
    case $word in
      @image@) [ "$name" = instance ] && words+=("$SCRATCH/state.sif" "$NAME") || words+=("$SCRATCH/state.sif" /probe) ;;
      @overlay@) words+=("$OVERLAY") ;;
      @instance@) words+=(instance://holder /probe) ;;
      @containers@) words+=(--root "$PLACE/containers") ;;
      @bundle@) words+=(--bundle "$PLACE/bundle" "$CONTAINER") ;;
      @container@) words+=("$CONTAINER") ;;
      *) words+=("$word") ;;
    esac
  done
  case $name in
    bundle) ;; # its config.json says what the payload is told
    start | delete) containers create --bundle "$PLACE/bundle" "$CONTAINER" </dev/null >"$PLACE/started" ;;
    *) words+=(@facts "status=$WELL") ;;
  esac
  if [ "$name" != instance ]; then
    launch "$name" "$SCRATCH/probe" launch "$SCRATCH/faults" "${@:2}" "$KERR" "${words[@]}" >"$PLACE/said" || status=$?
  else
    rm -f "$LOG".* "$PLACE/untrue"
    THEN=$AFTER_INSTANCE launch "$name" "$SCRATCH/probe" launch "$SCRATCH/faults" "${@:2}" "$KERR" --quiet "${words[@]}" || status=$?
    if [ $status = 0 ]; then status=$WELL; fi
    cat "$LOG.out" >"$PLACE/said" 2>/dev/null || : >"$PLACE/said"
    if [ -e "$PLACE/untrue" ]; then cat "$PLACE/untrue" >>"$PLACE/said"; fi
  fi
  if [[ $name == start || $name == delete ]]; then
    after_command "$name" $status >"$PLACE/said"
    if [ $status = 0 ]; then status=$WELL; fi
  fi
  # the number of a process that enters is another each time
  if [[ $name == join || $name == enter ]]; then sed '/^  "process":/d' "$PLACE/said"; else cat "$PLACE/said"; fi
  return $status
}

# ---- the faults

# Lines PROCESS CALL N ERROR, in an order of the seed's. Neither what ends a process nor umask(2) and getpid(2) can fail.
faults_of() {
  grep -vE ' (exit|exit_group|rt_sigreturn|umask|getpid) ' "$1" | awk -v how="$FAULTS" -v errors="${ERRORS[*]}" '
    BEGIN { count = split(errors, error, " ") }
    how == "every" { for (n = 1; n <= $3; n++) print $1, $2, n, error[(n + NR) % count + 1]; next }
    { for (e = 1; e <= count; e++) { print $1, $2, 1, error[e]; if ($3 > 1) print $1, $2, $3, error[e] } }' |
    awk -v seed="$SEED" 'BEGIN { srand(seed) } { print rand(), $0 }' | sort -k1,1 | cut -d' ' -f2-
}

# What differs although nothing is less than promised: the kernel refuses a new proc, and the host's is in its place as
# in a container in a container; the working directory is another, and that was said.
is_allowed() {
  local call=$1 error=$2 differs
  differs=$(diff "$REFERENCE" "$PLACE/out" | sed -n 's/^> *"\([^"]*\)": .*/\1/p')
  case $differs in
    'processes seen') [[ $call == fs* && $error == EPERM ]] ;;
    directory) grep -q '^WARNING: cannot change to .*, starting in ' "$PLACE/err" ;;
    *) return 1 ;;
  esac
}

groups_of_launches() {
  find /sys/fs/cgroup -type d \( -name 'kerr-[0-9]*' -o -name "kerr-oci-$CONTAINER" \) -user "$(id -u)" 2>/dev/null || true
}
no_groups() { [ -z "$(groups_of_launches)" ]; }

# verdict STATUS CALL ERROR: what became of the launch whose output, messages and report lie in the worker's place.
verdict() {
  local fatal others
  if [[ $name == limits || $name == bundle ]] && ! eventually no_groups >/dev/null; then
    echo "BAD: left $(groups_of_launches | tr '\n' ' ')"
    return
  fi
  if [ -e "$PLACE/containers/$CONTAINER" ]; then
    rm -r "$PLACE/containers/$CONTAINER"
    grep -q '^WARNING: cannot remove ' "$PLACE/err" || { echo 'BAD: it has a record after its end' && return; }
  fi
  if grep -q '^hung' "$PLACE/report"; then echo 'BAD: it hung' && return; fi
  if grep -q '^left' "$PLACE/report"; then
    echo "BAD: left $(sed -n 's/^left [0-9]* //p' "$PLACE/report" | tr '\n' ' ')"
    return
  fi
  fatal=$(grep -c '^FATAL: ' "$PLACE/err")
  others=$(grep -cvE '^(FATAL|WARNING|INFO|newuidmap|newgidmap): ' "$PLACE/err")
  if [ "$1" = $WELL ] && cmp -s "$PLACE/out" "$REFERENCE"; then
    grep -q '^hit' "$PLACE/report" && echo same || echo missed
  elif [ "$1" = $WELL ] && is_allowed "$2" "$3"; then
    echo told
  elif [ "$1" = 255 ] && [ "$fatal" = 1 ] && [ "$others" = 0 ] && [ ! -s "$PLACE/out" ]; then
    echo "refused: $(sed -n 's/^FATAL: *//p' "$PLACE/err")"
  elif [ "$1" = 255 ] && [ "$fatal" = 1 ] && [ "$others" = 0 ] &&
    cmp -s -n "$(stat -c %s "$PLACE/out")" "$PLACE/out" "$REFERENCE"; then
    echo "ended: $(sed -n 's/^FATAL: *//p' "$PLACE/err")"
  elif [ "$name" = instance ] && [ "$1" = $WELL ] && grep -qs '^FATAL: ' "$LOG.err" &&
    cmp -s -n "$(stat -c %s "$PLACE/out")" "$PLACE/out" "$REFERENCE"; then
    echo "ended: $(sed -n 's/^FATAL: *//p' "$LOG.err")" # before its payload had said all
  else
    echo "BAD: status $1, $(diff "$REFERENCE" "$PLACE/out" | grep '^[<>]' | head -n 3 | tr '\n' ' ')," \
      "$(head -c 300 "$PLACE/err" | tr '\n' '|')"
  fi
}

# work NUMBER LAUNCH: takes each of the faults that are this worker's, or as many as there is time for.
work() {
  local number=$1 name=$2 line=0 end status role call n error
  begin_worker "$number" "$name"
  end=$((SECONDS + SECONDS_A_LAUNCH))
  while read -r role call n error; do
    line=$((line + 1))
    [ $((line % WORKERS)) = "$number" ] || continue
    if [ "$FAULTS" = some ] && [ $SECONDS -ge $end ]; then break; fi
    status=0
    one "$name" inject "$role" "$call" "$n" "$error" "$PLACE/report" >"$PLACE/out" 2>"$PLACE/err" </dev/null || status=$?
    echo "$name $role $call $n $error: $(verdict $status "$call" "$error")"
  done <"$SCRATCH/faults-$name" >"$PLACE/verdicts" || true
  end_worker "$name" </dev/null
}

# each_fails LAUNCH
each_fails() {
  local name=$1 number workers=() WORKERS=$WORKERS
  [ "$name" != limits ] || WORKERS=1 # so that a group that is left is this launch's
  REFERENCE=$SCRATCH/$name.reference
  rm -f "$SCRATCH"/worker*/verdicts # of another launch
  begin_worker 0 "$name"
  expect_status $WELL one "$name" count "$PLACE/counted"
  echo "$STDOUT" >"$REFERENCE"
  expect_status $WELL one "$name" count "$PLACE/counted"
  echo "$STDOUT" >again
  end_worker "$name"
  grep -q '^}' "$REFERENCE"
  diff "$REFERENCE" again
  faults_of "$PLACE/counted" >"$SCRATCH/faults-$name"
  for number in $(seq 0 $((WORKERS - 1))); do
    (set +e && work "$number" "$name") &
    workers+=($!)
  done
  wait "${workers[@]}"
  cat "$SCRATCH"/worker*/verdicts >verdicts
  [ -z "${KEEP-}" ] || cp verdicts "$KEEP/$name"
  awk -v name="$name" -v all="$(wc -l <"$SCRATCH/faults-$name")" '
    { split($0, parts, ": "); count[parts[2]]++ }
    END { printf "# %s: %d faults of %d: %d refused, %d without effect, %d with one that is allowed, %d at the end, " \
            "%d did not occur, %d bad\n", name, NR, all, count["refused"], count["same"], count["told"], count["ended"],
            count["missed"], count["BAD"] }' verdicts >>"$SCRATCH/counted"
  if grep ': BAD: ' verdicts; then return 1; fi
  [ -s verdicts ]
}


if ! { watched_program faults && make_image; } >"$SCRATCH/.made" 2>&1; then
  skip 'fails as a whole or not at all, whatever system call fails' "$(tail -n 1 "$SCRATCH/.made")"
  exit
fi
echo "# SEED=$SEED FAULTS=$FAULTS"
leftovers | sort >"$SCRATCH/.first"
for name in ${LAUNCHES:-$(launches | cut -d' ' -f1)}; do
  it "a launch fails as a whole or not at all, whatever system call fails: $name" each_fails "$name"
  tail -n 1 "$SCRATCH/counted" 2>/dev/null || true
done
leaves_nothing() {
  cp "$SCRATCH/.first" "$SCRATCH/.before"
  expect_nothing_new
}
it 'leaves nothing' leaves_nothing
