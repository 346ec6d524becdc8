#!/usr/bin/env bash
# Limits of resources: what is asked is what the kernel has, nothing escapes the caller's own control group, and nothing
# is left of it.
. "$(dirname "$0")/lib.sh"
. "$E2E/fixtures/common.sh"

V1=/sys/fs/cgroup
V2=$V1/unified
[ -e "$V2/cgroup.controllers" ] || V2=$V1

# The group of a controller that this shell is in, as a directory.
here() { echo "$V1/$1$(sed -n "s/^[0-9]*:$1:\(.*\)/\1/p" /proc/self/cgroup)" | sed 's|/$||'; }

# All groups of launches, wherever they are.
groups_now() { find "$V1" -type d -name 'kerr-[0-9o]*' 2>/dev/null | sort; }

no_groups() { [ -z "$(groups_now)" ]; }

# What a file of the payload's own group holds: limit CONTROLLER FILE [OPTION…]
limit() {
  local controller=$1 file=$2
  shift 2
  run "$KERR" exec "$@" "$BUSYBOX" sh -c "cat $V1/$controller\$(sed -n 's/^[0-9]*:$controller://p' /proc/self/cgroup)/$file"
  [ "$STATUS" = 0 ] || e2e_show "no $file"
  echo "$STDOUT"
}

# ---- version 1, as root

kills_what_takes_too_much_memory() {
  expect_status 137 "$KERR" exec --memory 24m "$BUSYBOX" sh -c 'x=$(head -c 80000000 /dev/zero | tr "\0" a); echo survived'
  expect_equal '' "$STDOUT"
  expect_stdout 'survived' "$KERR" exec --memory 512m "$BUSYBOX" sh -c 'x=$(head -c 8000000 /dev/zero | tr "\0" a); echo survived'
}

makes_forks_fail() {
  run "$KERR" exec --pids-limit 3 "$BUSYBOX" sh -c 'sleep 0.2 & sleep 0.2 & sleep 0.2 & sleep 0.2 & wait'
  [ "$STATUS" != 0 ]
  expect_contains "can't fork" "$STDERR"
  expect_status 0 "$KERR" exec --pids-limit 6 "$BUSYBOX" sh -c 'sleep 0.1 & sleep 0.1 & sleep 0.1 & sleep 0.1 & wait'
}

binds_to_processors() {
  expect_stdout 'Cpus_allowed_list:	0' "$KERR" exec --cpuset-cpus 0 "$BUSYBOX" grep Cpus_allowed_list /proc/self/status
  expect_stdout 'Mems_allowed_list:	0' "$KERR" exec --cpuset-mems 0 "$BUSYBOX" grep Mems_allowed_list /proc/self/status
}

writes_what_was_asked() {
  expect_equal 50000 "$(limit cpu cpu.cfs_quota_us --cpus 0.5)"
  expect_equal 100000 "$(limit cpu cpu.cfs_period_us --cpus 0.5)"
  expect_equal 512 "$(limit cpu cpu.shares --cpu-shares 512)"
  expect_equal 100 "$(limit pids pids.max --pids-limit 100)"
  expect_equal 33554432 "$(inside memory.limit_in_bytes --memory 32m)"
  expect_equal 16777216 "$(inside memory.soft_limit_in_bytes --memory 32m --memory-reservation 16MiB)"
  expect_equal 67108864 "$(inside memory.memsw.limit_in_bytes --memory 32m --memory-swap 0.0625g)"
}

# The caller's group of memory may have another path in the container's view of /sys: it is read from outside.
inside() {
  local file=$1 pid
  shift
  mkfifo "ready-$file" "go-$file"
  "$KERR" exec "$@" "$BUSYBOX" sh -c "echo up >ready-$file; read -r _ <go-$file" &
  pid=$!
  read -r _ <"ready-$file"
  cat "$V1/memory$(sed -n 's/^[0-9]*:memory://p' "/proc/$pid/cgroup")/$file"
  echo >"go-$file"
  wait $pid
  rm "ready-$file" "go-$file"
}

takes_variables() {
  expect_equal 7 "$(KERR_PIDS_LIMIT=7 limit pids pids.max)"
  expect_equal 8 "$(APPTAINER_PIDS_LIMIT=8 limit pids pids.max)"
  expect_equal 50000 "$(SINGULARITY_CPUS=0.5 limit cpu cpu.cfs_quota_us)"
  expect_equal 9 "$(KERR_PIDS_LIMIT=7 limit pids pids.max --pids-limit 9)"
}

takes_a_file() {
  printf '[pids]\nlimit = 12\n[cpu]\nquota = 20000\nperiod = 50000\n' >limits.toml
  expect_equal 12 "$(limit pids pids.max --apply-cgroups limits.toml)"
  expect_equal 20000 "$(limit cpu cpu.cfs_quota_us --apply-cgroups limits.toml)"
  expect_equal 12 "$(KERR_APPLY_CGROUPS=$PWD/limits.toml limit pids pids.max)"
  expect_fatal 'exclude each other' "$KERR" exec --apply-cgroups limits.toml --memory 1g "$BUSYBOX" true
  printf '[unified]\n"pids.max" = "3"\n' >unified.toml
  expect_fatal 'pids is of version 1 on this host' "$KERR" exec --apply-cgroups unified.toml "$BUSYBOX" true
}

# As a batch system does: the caller is in a group of its own, and what is limited is below it.
stays_below_the_callers_group() {
  local job=$V1/pids/kerr-e2e-$$ inside
  mkdir "$job"
  echo 40 >"$job/pids.max"
  inside=$(
    echo "$BASHPID" >"$job/cgroup.procs"
    "$KERR" exec --pids-limit 30 "$BUSYBOX" sed -n 's/^[0-9]*:pids://p' /proc/self/cgroup
  )
  eventually rmdir "$job"
  [[ $inside == /kerr-e2e-$$/kerr-[0-9]* ]] || e2e_unexpected "not below the caller's group: $inside"
}

# What serves the image, what waits and what removes the groups is outside.
limits_the_payload_alone() {
  local pid
  expect_stdout 1 "$KERR" exec --pid --no-init --pids-limit 1 "$BUSYBOX" sh -c 'echo $$'
  expect_status 3 "$KERR" exec --pid --pids-limit 1 "$BUSYBOX" sh -c 'exit 3'
  mkfifo ready go
  "$KERR" exec --pids-limit 9 "$BUSYBOX" sh -c 'echo up >ready; read -r _ <go' &
  pid=$!
  read -r _ <ready
  expect_equal $pid "$(cat "$V1/pids$(sed -n 's/^[0-9]*:pids://p' "/proc/$pid/cgroup")/cgroup.procs")"
  echo >go
  wait $pid
}

leaves_nothing() {
  expect_status 3 "$KERR" exec --memory 64m --pids-limit 9 --cpus 1 "$BUSYBOX" sh -c 'exit 3'
  eventually no_groups
  expect_status 255 "$KERR" exec --memory 64m "$BUSYBOX" no-such-command
  eventually no_groups
  expect_status 255 "$KERR" exec --memory 64m --cwd /no/such "$BUSYBOX" true
  eventually no_groups
  expect_no_leftovers "$KERR" exec --memory 64m --pids-limit 9 "$BUSYBOX" true
}

leaves_nothing_when_killed() {
  local pid i group
  mkfifo ready
  "$KERR" exec --memory 64m --pids-limit 9 "$BUSYBOX" sh -c 'echo up >ready; sleep 60; true' &
  pid=$!
  read -r _ <ready
  group=$V1/pids$(sed -n 's/^[0-9]*:pids://p' "/proc/$pid/cgroup")
  expect_equal 2 "$(groups_now | wc -l)"
  kill -KILL $pid
  sleep 0.3
  expect_equal 2 "$(groups_now | wc -l)" # a process of the payload goes on: so do its limits
  kill -KILL $(cat "$group/cgroup.procs")
  eventually no_groups
  for i in 00 03 06 09 12 15 20 25; do
    "$KERR" exec --pid --memory 64m --pids-limit 9 "$BUSYBOX" sleep 0.1 &
    pid=$!
    sleep "0.$i"
    kill -KILL $pid || true
    wait $pid || true
  done
  eventually no_groups
}

removes_what_a_killed_watcher_left() {
  mkdir "$V1/pids/kerr-4194303" "$V1/pids/kerr-4194302"
  touch -d '2 minutes ago' "$V1/pids/kerr-4194303"
  expect_status 0 "$KERR" exec --pids-limit 9 "$BUSYBOX" true
  expect_equal "$V1/pids/kerr-4194302" "$(find "$V1/pids" -name 'kerr-419430*')" # this one may still be used
  rmdir "$V1/pids/kerr-4194302"
}

no_watchers() { ! pgrep -x kerr-limits >/dev/null; }

outlives_a_killed_watcher() {
  local which pid
  mkfifo ready go
  for which in 1 2; do
    eventually no_watchers # those of a launch before end after its groups
    "$KERR" exec --pids-limit 9 "$BUSYBOX" sh -c 'echo up >ready; read -r _ <go' &
    pid=$!
    read -r _ <ready
    kill -KILL "$(pgrep -x kerr-limits | sed -n "${which}p")"
    eventually test "$(pgrep -r S -x kerr-limits | wc -l)" = 1
    echo >go
    wait $pid
    eventually no_groups
  done
}

has_groups_of_its_own_for_each_launch() {
  local i pids=()
  for i in 1 2 3 4; do
    "$KERR" exec --pids-limit "1$i" "$BUSYBOX" sh -c "sleep 0.3; cat $V1/pids\$(sed -n 's/^[0-9]*:pids://p' /proc/self/cgroup)/pids.max" >"out$i" &
    pids+=($!)
  done
  for i in 1 2 3 4; do
    wait "${pids[i - 1]}"
    expect_equal "1$i" "$(cat "out$i")"
  done
  eventually no_groups
}

# How often these processes have run.
switches_of() {
  local process
  for process in "$@"; do awk '/ctxt/ { sum += $2 } END { print sum }' "/proc/$process/status"; done
}

# Both watchers sleep, have next to no memory, and hold no file of the caller's.
watches_quietly() {
  local pid watchers watcher switches
  mkfifo ready go
  eventually no_watchers
  "$KERR" exec --memory 64m "$BUSYBOX" sh -c 'echo up >ready; read -r _ <go' 7<"$BUSYBOX" &
  pid=$!
  read -r _ <ready
  watchers=$(pgrep -r S -x kerr-limits | xargs)
  expect_equal 2 "$(wc -w <<<"$watchers")"
  for watcher in $watchers; do
    expect_equal / "$(readlink "/proc/$watcher/cwd")"
    expect_equal '0 1 2 3' "$(ls "/proc/$watcher/fd" | grep -v "^4$" | xargs)"
    [ "$(awk '/^Rss/ { sum += $2 } END { print sum }' "/proc/$watcher/smaps_rollup")" -lt 1024 ]
  done
  switches=$(switches_of $watchers)
  sleep 1
  expect_equal "$switches" "$(switches_of $watchers)"
  echo >go
  wait $pid
  eventually no_groups
}

names_what_the_kernel_refuses() {
  printf '[cpu]\nrealtimeRuntime = 9500000\n' >limits.toml
  expect_fatal 'cannot set cpu.rt_runtime_us of the control group /sys/fs/cgroup/cpu' \
    "$KERR" exec --apply-cgroups limits.toml "$BUSYBOX" true
  eventually no_groups
}

# ---- refusals that need no right

refuses_what_means_nothing() {
  expect_fatal '--memory much is no size' "$KERR" exec --memory much "$BUSYBOX" true
  expect_fatal '--memory-swap without --memory' "$KERR" exec --memory-swap 1g "$BUSYBOX" true
  expect_fatal '--memory-swap is less than --memory' "$KERR" exec --memory 2g --memory-swap 1g "$BUSYBOX" true
  expect_fatal '--cpus 0 is no number of processors' "$KERR" exec --cpus 0 "$BUSYBOX" true
  expect_fatal '--cpus 99999 is no number' "$KERR" exec --cpus 99999 "$BUSYBOX" true
  expect_fatal 'the host has no processors 4095' "$KERR" exec --cpuset-cpus 0,4095 "$BUSYBOX" true
  expect_fatal '--blkio-weight-device /dev/null:10: /dev/null is no block device' \
    "$KERR" exec --blkio-weight-device /dev/null:10 "$BUSYBOX" true
  expect_fatal 'cannot read --apply-cgroups no.toml: no such file' "$KERR" exec --apply-cgroups no.toml "$BUSYBOX" true
  echo '[memory' >bad.toml
  expect_fatal 'bad.toml:1: this is no TOML' "$KERR" exec --apply-cgroups bad.toml "$BUSYBOX" true
  printf '[unified]\n"../pids.max" = "1"\n' >up.toml
  expect_fatal 'is no file of a controller' "$KERR" exec --apply-cgroups up.toml "$BUSYBOX" true
  printf '[memory]\nlimits = 1\n' >misspelt.toml
  expect_fatal 'memory.limits is no limit' "$KERR" exec --apply-cgroups misspelt.toml "$BUSYBOX" true
}

limits_nothing_that_was_not_asked() {
  : >none.toml
  expect_silent "$KERR" exec --apply-cgroups none.toml "$BUSYBOX" true
  expect_silent "$KERR" exec --pids-limit 0 "$BUSYBOX" true
  expect_silent env KERR_OOM_KILL_DISABLE=false "$KERR" exec "$BUSYBOX" true
}

refuses_a_user_without_rights() {
  expect_fatal "--memory cannot be applied: the caller may make no group in $(here memory)" \
    "$KERR" exec --memory 1g "$BUSYBOX" true
  expect_contains 'cgroup version 1 on this host' "$STDERR"
}

refuses_a_user_without_systemd() {
  printf '[[hugepageLimits]]\npageSize = "2MB"\nlimit = 4194304\n' >pages.toml
  expect_fatal '[hugepageLimits] of pages.toml cannot be applied: in the caller'"'"'s group' \
    "$KERR" exec --apply-cgroups pages.toml "$BUSYBOX" true
  expect_contains 'systemd' "$STDERR"
}

# ---- version 2, by the controller that a host whose others are of version 1 still has there

pages() { printf '[[hugepageLimits]]\npageSize = "2MB"\nlimit = %s\n' "$1" >pages.toml; }

# group_v2 [OPTION…]: the payload's group of version 2 and its limit
group_v2() {
  "$KERR" exec --apply-cgroups pages.toml "$@" "$BUSYBOX" \
    sh -c "at=\$(sed -n 's/^0:://p' /proc/self/cgroup); echo \$at \$(cat $V2\$at/hugetlb.2MB.max)"
}

limits_in_the_root_of_version_2() {
  pages 4194304
  [[ $(group_v2) == '/kerr-'[0-9]*' 4194304' ]] || e2e_unexpected "$(group_v2)"
  eventually no_groups
  pages 3145728
  expect_fatal 'the kernel makes 2097152 of it' "$KERR" exec --apply-cgroups pages.toml "$BUSYBOX" true
  printf '[unified]\n"hugetlb.2MB.max" = "6291456"\n' >pages.toml
  [[ $(group_v2) == '/kerr-'[0-9]*' 6291456' ]] || e2e_unexpected "$(group_v2)"
  printf '[network]\nclassID = 1\n' >network.toml
  expect_fatal 'cgroup version 2 of this host has no such limit' \
    "$KERR" exec --apply-cgroups network.toml "$BUSYBOX" true
  eventually no_groups
}

# A subtree is given to the ordinary user, who runs the cases below in it.
BOX=$V2/kerr-e2e-box

limits_users_in_what_is_delegated() {
  local user=kerr-demo group
  grep -qw hugetlb "$V2/cgroup.subtree_control" || echo +hugetlb >"$V2/cgroup.subtree_control"
  mkdir -p "$BOX/theirs"
  echo +hugetlb >"$BOX/cgroup.subtree_control"
  echo 8388608 >"$BOX/theirs/hugetlb.2MB.max"
  mkdir "$BOX/theirs/shell" "$BOX/theirs/bound"
  echo +hugetlb >"$BOX/theirs/cgroup.subtree_control"
  for group in theirs theirs/bound; do
    chown "$user" "$BOX/$group" "$BOX/$group/cgroup."{procs,subtree_control,threads}
  done
  chown -R "$user" "$BOX/theirs/shell"
  STATUS=0
  (
    echo "$BASHPID" >"$BOX/theirs/shell/cgroup.procs"
    "$E2E/../bootstrap" as-user env KERR_E2E_BOX="$BOX/theirs" bash e2e/limits.sh
  ) || STATUS=$?
  find "$BOX" -type d
  eventually find "$BOX" -depth -type d -exec rmdir {} +
  expect_equal 0 "$STATUS"
}

# in_group NAME COMMAND…: as that user, in a group of the user's own.
in_group() {
  local group=$KERR_E2E_BOX/$1
  shift
  (
    echo "$BASHPID" >"$group/cgroup.procs"
    exec "$@"
  )
}

# The caller's group holds other processes, but its limits are the caller's as well.
goes_beside_a_group_that_is_the_users() {
  pages 4194304
  run group_v2
  [ "$STATUS" = 0 ] && [[ $STDOUT == */theirs/kerr-[0-9]*' 4194304' ]] || e2e_show 'expected a group beside' group_v2
  eventually no_groups
}

goes_below_a_group_that_it_has_alone() {
  pages 4194304
  mkdir "$KERR_E2E_BOX/alone"
  run in_group alone "$KERR" exec --apply-cgroups pages.toml "$BUSYBOX" \
    sh -c "at=\$(sed -n 's/^0:://p' /proc/self/cgroup); echo \$at \$(cat $V2\$at/hugetlb.2MB.max)"
  [ "$STATUS" = 0 ] && [[ $STDOUT == */theirs/alone/kerr-[0-9]*' 4194304' ]] || e2e_show 'expected a group below'
  run in_group alone "$KERR" exec --apply-cgroups pages.toml "$BUSYBOX" no-such-command
  expect_equal 255 "$STATUS"
  eventually rmdir "$KERR_E2E_BOX/alone"
}

leaves_nothing_in_what_is_delegated() {
  local i pid
  pages 4194304
  mkdir "$KERR_E2E_BOX/alone"
  for i in 02 10 15 20 30 40; do
    in_group alone "$KERR" exec --apply-cgroups pages.toml "$BUSYBOX" sleep 0.2 &
    pid=$!
    sleep "0.$i"
    kill -KILL $pid || true
    wait $pid || true
    eventually no_groups
  done
  eventually rmdir "$KERR_E2E_BOX/alone"
  eventually no_groups
}

# Its limits are not the user's, and it holds other processes: a group beside it would escape them.
never_leaves_limits_of_others() {
  local sleeper
  pages 4194304
  sleep 30 &
  sleeper=$!
  echo $sleeper >"$KERR_E2E_BOX/bound/cgroup.procs"
  expect_fatal 'there are other processes' in_group bound "$KERR" exec --apply-cgroups pages.toml "$BUSYBOX" true
  kill $sleeper
}

if [ -n "${KERR_E2E_BOX:-}" ]; then # called by the case above, as the ordinary user in the delegated group
  it "goes beside a group that is the user's" goes_beside_a_group_that_is_the_users
  it 'goes below a group that it has alone' goes_below_a_group_that_it_has_alone
  it 'leaves nothing in what is delegated' leaves_nothing_in_what_is_delegated
  it 'never leaves limits of others' never_leaves_limits_of_others
  exit
fi

it 'refuses what means nothing' refuses_what_means_nothing
it 'limits nothing that was not asked' limits_nothing_that_was_not_asked
V1_CASES=(
  'kills what takes too much memory' kills_what_takes_too_much_memory
  'makes forks fail beyond the limit' makes_forks_fail
  'binds to processors and memory nodes' binds_to_processors
  'writes what was asked, in all units' writes_what_was_asked
  'takes variables' takes_variables
  'takes a TOML file' takes_a_file
  "stays below the caller's group" stays_below_the_callers_group
  'limits the payload alone' limits_the_payload_alone
  'leaves nothing' leaves_nothing
  'leaves nothing when it is killed' leaves_nothing_when_killed
  'outlives a killed watcher' outlives_a_killed_watcher
  'removes what killed watchers left' removes_what_a_killed_watcher_left
  'has groups of its own for each launch' has_groups_of_its_own_for_each_launch
  'watches quietly' watches_quietly
  'names what the kernel refuses' names_what_the_kernel_refuses
)
for ((i = 0; i < ${#V1_CASES[@]}; i += 2)); do
  if ! is_root; then
    skip "${V1_CASES[i]}" 'only root may make groups of version 1'
  elif [ ! -w "$V1/pids/cgroup.procs" ] || [ ! -w "$V1/cpuset/cgroup.procs" ] || [ ! -e "$V1/memory" ]; then
    skip "${V1_CASES[i]}" 'the controllers of this host are not of version 1'
  else
    it "${V1_CASES[i]}" "${V1_CASES[i + 1]}"
  fi
done
if ! grep -qsw hugetlb "$V2/cgroup.controllers"; then
  skip 'limits in version 2' 'version 2 has no controller here'
elif is_root; then
  it 'limits in the root of version 2' limits_in_the_root_of_version_2
  it 'limits users in what is delegated to them' limits_users_in_what_is_delegated
else
  it 'refuses a user without systemd' refuses_a_user_without_systemd
fi
if ! is_root && [ -e "$V1/memory" ]; then
  it 'refuses a user without rights' refuses_a_user_without_rights
fi
