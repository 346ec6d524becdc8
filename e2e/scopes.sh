#!/usr/bin/env bash
# Limits through systemd: a real one, started for this script in namespaces of its own. The controller that it hands on is
# the one that a host whose others are of version 1 has left in version 2.
. "$(dirname "$0")/lib.sh"
. "$E2E/fixtures/common.sh"

V2=/sys/fs/cgroup/unified
[ -e "$V2/cgroup.controllers" ] || V2=/sys/fs/cgroup
BOX=$V2/kerr-e2e-systemd
LEAST=2097152

reason_to_skip() {
  if ! is_root; then
    echo 'only root can start a systemd'
  elif ! command -v busctl dbus-daemon >/dev/null || [ ! -x /lib/systemd/systemd ]; then
    echo 'systemd, busctl or dbus-daemon is not installed'
  elif ! grep -qsw hugetlb "$V2/cgroup.controllers" || [ "$V2" = /sys/fs/cgroup ]; then
    echo 'this host has not exactly one controller to spare'
  fi
}

start_systemd() {
  local helper
  mkdir "$SCRATCH/systemd" "$SCRATCH/readable" "$BOX"
  cp -r "${KERR%/bin/kerr}" "$SCRATCH/readable/dist" # the user's copy of the build
  cp "$BUSYBOX" "$SCRATCH/readable/"
  printf '[unified]\n"memory.max" = "1073741824"\n' >"$SCRATCH/memory.toml"
  printf '[[hugepageLimits]]\npageSize = "2MB"\nlimit = %s\n' $LEAST >"$SCRATCH/pages.toml"
  chmod -R a+rX "$SCRATCH" # before systemd sees it through its overlay
  echo +hugetlb >"$V2/cgroup.subtree_control"
  (
    echo "$BASHPID" >"$BOX/cgroup.procs"
    exec unshare --mount --pid --fork --ipc --uts --cgroup --propagation private \
      bash "$E2E/fixtures/systemd.sh" "$SCRATCH/systemd"
  ) </dev/null >"$SCRATCH/systemd.log" 2>&1 &
  helper=$!
  eventually pgrep -P $helper >/dev/null
  SYSTEMD=$(pgrep -P $helper)
  echo $helper >"$V2/cgroup.procs"
  eventually in_systemd busctl --system status >/dev/null 2>&1
  eventually hand_on . system.slice
}

# Gives the controller to what is in these groups, which systemd itself knows nothing of.
hand_on() {
  local group
  for group; do
    echo +hugetlb 2>/dev/null >"$BOX/$group/cgroup.subtree_control" || return 1
  done
}

stop_systemd() {
  kill -KILL "$SYSTEMD"
  eventually eval '! find "$BOX" -mindepth 1 -depth -type d -exec rmdir {} + 2>&1 | grep -q .'
  eventually rmdir "$BOX"
}

# in_systemd COMMAND…: where that systemd is process 1, in a group of its.
in_systemd() {
  (
    echo "$BASHPID" >"$BOX/init.scope/cgroup.procs"
    exec nsenter --target "$SYSTEMD" --mount --pid --ipc --uts --cgroup "$@"
  )
}

as_user_in_systemd() {
  in_systemd setpriv --reuid=kerr-demo --regid="$(id -g kerr-demo)" --init-groups --reset-env \
    env XDG_RUNTIME_DIR="/run/user/$(id -u kerr-demo)" "$@"
}

SHOW='at=$(sed -n "s/^0:://p" /proc/self/cgroup); echo $at $(cat /sys/fs/cgroup$at/hugetlb.2MB.max)'

no_scopes() { [ -z "$(find "$BOX" -mindepth 1 -name 'kerr-*')" ]; }

asks_the_hosts_systemd_for_root() {
  run in_systemd "$KERR" exec --apply-cgroups "$SCRATCH/pages.toml" "$BUSYBOX" sh -c "$SHOW"
  [ "$STATUS" = 0 ] && [[ $STDOUT == /system.slice/kerr-*.scope/kerr-*" $LEAST" ]] || e2e_show 'expected a scope'
  eventually no_scopes
}

asks_the_users_systemd() {
  local id slice
  id=$(id -u kerr-demo)
  slice=user.slice/user-$id.slice
  in_systemd systemctl start "user@$id.service"
  eventually hand_on user.slice "$slice" "$slice/user@$id.service" "$slice/user@$id.service/app.slice"
  run as_user_in_systemd "$SCRATCH/readable/dist/bin/kerr" exec --no-home --cwd / \
    --apply-cgroups "$SCRATCH/pages.toml" "$SCRATCH/readable/busybox.sif" sh -c "$SHOW"
  [ "$STATUS" = 0 ] && [[ $STDOUT == "/$slice/user@$id.service/app.slice/kerr-"*".scope/kerr-"*" $LEAST" ]] ||
    e2e_show 'expected a scope of the user'
  eventually no_scopes
  expect_failure 255 'systemd did not give the user the controllers memory' as_user_in_systemd \
    "$SCRATCH/readable/dist/bin/kerr" exec --no-home --cwd / --apply-cgroups "$SCRATCH/memory.toml" \
    "$SCRATCH/readable/busybox.sif" true
  expect_failure 255 'this is part of a batch job ($SLURM_JOB_ID)' as_user_in_systemd env SLURM_JOB_ID=7 \
    "$SCRATCH/readable/dist/bin/kerr" exec --no-home --cwd / --apply-cgroups "$SCRATCH/pages.toml" \
    "$SCRATCH/readable/busybox.sif" true
}

leaves_no_scope_when_killed() {
  local pid
  in_systemd "$KERR" exec --apply-cgroups "$SCRATCH/pages.toml" "$BUSYBOX" sh -c 'sleep 30; true' &
  pid=$!
  eventually eval 'grep -qs . "$BOX"/system.slice/kerr-*.scope/kerr-[0-9]*/cgroup.procs'
  kill -KILL $(cat "$BOX"/system.slice/kerr-*.scope/kerr-[0-9]*/cgroup.procs)
  wait $pid || true
  eventually no_scopes
}

reason=$(reason_to_skip)
CASES=(
  "asks the host's systemd for root" asks_the_hosts_systemd_for_root
  'leaves no scope when it is killed' leaves_no_scope_when_killed
  "asks the user's systemd" asks_the_users_systemd
)
[ -n "$reason" ] || start_systemd
for ((i = 0; i < ${#CASES[@]}; i += 2)); do
  if [ -n "$reason" ]; then
    skip "${CASES[i]}" "$reason"
  else
    it "${CASES[i]}" "${CASES[i + 1]}"
  fi
done
[ -n "$reason" ] || stop_systemd
