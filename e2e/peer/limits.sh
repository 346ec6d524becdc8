#!/usr/bin/env bash
# Limits of kerr beside those of apptainer: as root, on control groups of version 1, both must write the same values for
# the same options, or both refuse them.
#
#   APPTAINER=apptainer e2e/peer/limits.sh
#
# A configuration of apptainer's with `systemd cgroups = no` is needed where systemd does not run: PEER_CONFIG names it.
# Lines below may end in `# differs: reason`, as in launch.txt. Both must see the image.
peer=${APPTAINER:-} config=${PEER_CONFIG:-} peer_image=${PEER_IMAGE:-}
for name in $(compgen -e | grep -E '^(KERR|APPTAINER|SINGULARITY)(ENV)?_'); do unset "$name"; done
. "$(dirname "$0")/../lib.sh"

V1=/sys/fs/cgroup
IMAGE=$IMAGES/busybox.sif
SHOWN='memory.limit_in_bytes memory.soft_limit_in_bytes memory.memsw.limit_in_bytes memory.oom_control pids.max
  cpu.shares cpu.cfs_quota_us cpu.cfs_period_us cpuset.cpus cpuset.mems'

if [ -z "$peer" ] || ! is_root || [ ! -e "$V1/memory" ]; then
  skip 'kerr and apptainer limit alike' 'APPTAINER names no program, or not as root, or control groups are not of version 1'
  exit
fi

# The values of a launch's groups, which are found by a part of their path: those of the group above where it has none.
values() {
  local part=$1 file controller group attempt
  for attempt in $(seq 60); do
    if find "$V1" -type d -path "$part" | grep -q .; then break; fi
    sleep 0.05
  done
  sleep 0.3
  for file in $SHOWN; do
    controller=${file%%.*}
    group=$(find "$V1/$controller" -type d -path "$part" | head -n 1)
    if [ -z "$group" ] && [ "$file" = pids.max ]; then
      echo "$file max"
    else
      echo "$file $(head -n 1 "${group:-$V1/$controller}/$file")"
    fi
  done
}

# one PART COMMAND…: what a launch that sleeps has, and its status.
one() {
  local part=$1 pid status=0
  shift
  find "$V1" -depth -type d -path '*/apptainer/[0-9]*' -exec rmdir {} + 2>/dev/null || true # it leaves them behind
  "$@" sleep 2 </dev/null >"$SCRATCH/.said" 2>&1 &
  pid=$!
  values "$part" >"$SCRATCH/.values"
  wait $pid || status=$?
  if [ $status = 0 ]; then cat "$SCRATCH/.values"; else echo refused; fi
}

alike() {
  local options=${1%% # differs:*} reason=
  [ "$options" = "$1" ] || reason=${1##* # differs: }
  # shellcheck disable=SC2086
  one '*/apptainer/[0-9]*' $peer ${config:+-c "$config"} exec $options "${peer_image:-$IMAGE}" >"$SCRATCH/.peer"
  cp "$SCRATCH/.said" "$SCRATCH/.peer-said"
  # shellcheck disable=SC2086
  one '*/kerr-[0-9]*' "$KERR" exec $options "$IMAGE" >"$SCRATCH/.kerr"
  if cmp -s "$SCRATCH/.peer" "$SCRATCH/.kerr"; then
    [ -z "$reason" ] || e2e_unexpected "both do the same now: strike the difference out ($reason)"
  elif [ -z "$reason" ]; then
    diff "$SCRATCH/.peer" "$SCRATCH/.kerr"
    e2e_unexpected "the peer said: $(tail -n 3 "$SCRATCH/.peer-said")" "kerr said: $(tail -n 3 "$SCRATCH/.said")"
  fi
}

while IFS= read -r line; do
  case $line in '') continue ;; esac
  it "$line" alike "$line"
done <<'END'
--memory 64m
--memory 67108864
--memory 64M
--memory 64MB
--memory 64MiB
--memory 0.0625g
--memory 65000000
--memory 1e7
--memory 64x
--memory -1 # differs: no limit, as with --memory-swap
--memory 64m --memory-swap 128m
--memory 64m --memory-swap -1
--memory-swap 128m
--memory 64m --memory-swap 32m
--memory 64m --memory-reservation 32m
--memory-reservation 32m
--memory 64m --oom-kill-disable
--pids-limit 50
--pids-limit 0
--pids-limit -1
--pids-limit x
--cpus 0.5
--cpus 1.5
--cpus 0.01
--cpus 0
--cpus 9999
--cpu-shares 512
--cpu-shares 2
--cpu-shares 1
--cpuset-cpus 0
--cpuset-cpus 4095
--cpuset-mems 0
--blkio-weight 5
--memory 64m --pids-limit 20 --cpus 1 --cpuset-cpus 0
END
