#!/usr/bin/env bash
# Which system calls a payload may make: the filter that each launch has, the profile of contained ones, and --security.
# What stands in single quotes is for the payload's shell.
# shellcheck disable=SC2016
. "$(dirname "$0")/lib.sh"
. "$E2E/fixtures/common.sh"

PROBE=$SCRATCH/syscalls
TIOCSTI=0x5412
TIOCLINUX=0x541c

kind() { if is_root; then echo root; else echo user; fi; }
inside() { "$KERR" exec "$@"; }
filters() { inside "$@" "$BUSYBOX" sed -n 's/^Seccomp_filters:[[:space:]]*//p' /proc/self/status; }

# probe [OPTION…] -- ARGUMENT…
probe() {
  local options=()
  while [ "$1" != -- ]; do
    options+=("$1")
    shift
  done
  shift
  inside ${options[@]+"${options[@]}"} --bind "$PROBE:/probe" "$BUSYBOX" /probe "$@"
}

# of_this_kernel: the lines of standard input that are of ways to call the kernel that this one has.
of_this_kernel() { grep -F "$("$PROBE" ways)"; }

# profile RULES: a profile that allows all but for what the rules say.
profile() { printf '{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [%s]}' "$1" >profile.json; }

# ---- each launch

each_launch_has_a_filter() {
  expect_stdout 2 inside "$BUSYBOX" sed -n 's/^Seccomp:[[:space:]]*//p' /proc/self/status
  expect_stdout 1 filters
  expect_stdout 1 filters --writable-tmpfs
  expect_stdout_contains 'Seccomp:	2' "$KERR" shell "$BUSYBOX" -c 'cat /proc/self/status'
}

steps_of_builds_have_none() {
  build image.sif <<END
Bootstrap: localimage
From: $BUSYBOX
%post
    grep '^Seccomp' /proc/self/status >/status
END
  expect_stdout_contains 'Seccomp:	0' inside image.sif cat /status
}

# 1 is EPERM; 25 is ENOTTY, which a filter has nothing to do with.
nothing_types_on_the_terminal() {
  local request
  for request in "$TIOCSTI" "$TIOCLINUX"; do
    run probe -- ioctl "$request"
    expect_equal '' "$(cut -d ' ' -f 2 <<<"$STDOUT" | grep -vx 1 || true)"
    expect_contains 'wide 1' "$STDOUT"
  done
  expect_stdout_contains 'wide 25' probe -- ioctl 0x5401
}

# Where the kernel still lets a program type on its terminal, a real terminal shows what the filter is for.
types_outside_and_not_inside() {
  expect_stdout_contains ' 0' script -qec "$PROBE ioctl $TIOCSTI" /dev/null
  run script -qec "$KERR exec --bind $PROBE:/probe $BUSYBOX /probe ioctl $TIOCSTI" /dev/null
  expect_contains 'wide 1' "$STDOUT"
  case $STDOUT in *' 0'*) e2e_show 'expected no 0 among' script ;; esac
}

# ---- contained launches

every_number_of_every_way_is_answered_as_the_profile_says() {
  probe --contain -- sweep >seen
  of_this_kernel <"$E2E/fixtures/syscalls/$(kind).txt" >expected
  diff expected seen
  probe --containall -- sweep >seen
  diff expected seen
  probe -- sweep >seen
  expect_equal "$("$PROBE" ways)" "$(sed -n 's/ 0-600 ok$//p' seen)"
}

contained_launches_have_the_profile() {
  local option
  for option in --contain --containall --compat; do
    expect_stdout 2 filters "$option"
    expect_stdout 1 filters "$option" --security seccomp:unconfined
  done
}

contained_users_make_containers_in_containers() {
  is_root && return
  unshare -U -r true 2>/dev/null || return 0
  expect_stdout 0 inside --containall "$BUSYBOX" unshare -U -r id -u
}

contained_root_does_not_mount() {
  is_root || return 0
  run inside --contain "$BUSYBOX" mount -t tmpfs none /tmp
  [ "$STATUS" != 0 ]
  run inside --contain "$BUSYBOX" unshare -m true
  [ "$STATUS" != 0 ]
  expect_silent inside --contain --keep-privs "$BUSYBOX" mount -t tmpfs none /tmp
  expect_silent inside --contain --add-caps CAP_SYS_ADMIN "$BUSYBOX" mount -t tmpfs none /tmp
  expect_silent inside --contain --security seccomp:unconfined "$BUSYBOX" mount -t tmpfs none /tmp
}

programs_run_contained() {
  expect_stdout 'a b' inside --containall "$BUSYBOX" sh -c 'mkdir /tmp/x; cd /tmp/x; touch a b; echo * | cat; rm -r /tmp/x'
  expect_status 7 inside --containall "$BUSYBOX" sh -c 'sleep 0.1 & wait; exit 7'
}

# Who enters an instance later has what its first process has.
those_who_enter_an_instance_have_its_filters() {
  INSTANCE=kerr-e2e-seccomp-$$ # seen by the trap, too
  "$KERR" instance start --contain "$BUSYBOX" "$INSTANCE"
  trap '"$KERR" instance stop "$INSTANCE"' EXIT
  expect_stdout 2 inside "instance://$INSTANCE" sed -n 's/^Seccomp_filters:[[:space:]]*//p' /proc/self/status
  expect_status 1 inside "instance://$INSTANCE" sh -c 'mount -t tmpfs none /tmp 2>/dev/null && exit 0; exit 1'
}

# ---- profiles of the user's

a_profile_is_obeyed() {
  profile '{"names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO", "errnoRet": 28}'
  expect_failure 1 'No space left' inside --security seccomp:profile.json "$BUSYBOX" mkdir /tmp/kerr-e2e-new
  expect_stdout 2 filters --security seccomp:profile.json
  expect_stdout 2 filters --security "seccomp:$PWD/profile.json"
  expect_stdout 2 env KERR_SECURITY=seccomp:profile.json "$KERR" exec "$BUSYBOX" \
    sed -n 's/^Seccomp_filters:[[:space:]]*//p' /proc/self/status
  profile '{"names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_KILL_PROCESS"}'
  expect_status 159 inside --security seccomp:profile.json "$BUSYBOX" sh -c 'mkdir /tmp/kerr-e2e-new'
  profile '{"names": ["sync"], "action": "SCMP_ACT_ERRNO", "errnoRet": 0}'
  expect_silent inside --security seccomp:profile.json "$BUSYBOX" sync
}

a_profile_takes_the_place_of_ours() {
  profile '{"names": ["sync"], "action": "SCMP_ACT_ERRNO"}'
  expect_stdout 2 filters --contain --security seccomp:profile.json
  sed -i 's/^{/{"architectures": ["SCMP_ARCH_X86", "SCMP_ARCH_X32"], /' profile.json
  probe --contain --security seccomp:profile.json -- sweep >seen
  printf '%s\n' 'X86_64 0-161 ok' 'X86_64 162-162 1' 'X86_64 163-600 ok' 'I386 0-35 ok' 'I386 36-36 1' \
    'I386 37-600 ok' 'X32 0-161 ok' 'X32 162-162 1' 'X32 163-600 ok' | of_this_kernel | diff - seen
}

# A call that no rule is for, because its architecture is not named, is not let through by mistake.
other_architectures_are_not_let_through() {
  profile '{"names": ["sync"], "action": "SCMP_ACT_ERRNO"}'
  expect_status 159 inside --security seccomp:profile.json --bind "$PROBE:/probe" "$BUSYBOX" \
    sh -c "/probe ioctl 0x5401; exit \$?"
}

# A plan is kept for the next launch as long as what it was made of is as it was.
a_changed_profile_counts_at_once() {
  profile '{"names": ["sync"], "action": "SCMP_ACT_ERRNO", "errnoRet": 0}'
  expect_silent inside --security seccomp:profile.json "$BUSYBOX" sync
  expect_silent inside --security seccomp:profile.json "$BUSYBOX" sync
  profile '{"names": ["sync"], "action": "SCMP_ACT_KILL_PROCESS"}'
  expect_status 159 inside --security seccomp:profile.json "$BUSYBOX" sh -c sync
}

profiles_that_are_none_are_refused() {
  local json
  : >profile.json
  expect_fatal 'profile.json: there is no JSON' inside --security seccomp:profile.json "$BUSYBOX" true
  for json in '{}' '[]' '{"defaultAction": "SCMP_ACT_ALLOW"}' '{"defaultAction": "SCMP_ACT_ERRNO"}' '{"defaultAction":' \
    '{"defaultAction": "SCMP_ACT_ALLOW", "syscall": []}' \
    '{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["mkdirr"], "action": "SCMP_ACT_ERRNO"}]}' \
    '{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["mkdir"], "action": "SCMP_ACT_NOTIFY"}]}'; do
    printf '%s' "$json" >profile.json
    expect_fatal 'cannot use the seccomp profile profile.json: ' inside --security seccomp:profile.json "$BUSYBOX" true
  done
  expect_fatal 'no such file' inside --security seccomp:absent.json "$BUSYBOX" true
  expect_fatal 'no such file, or no regular one' inside --security seccomp:/dev/null "$BUSYBOX" true
}

# ---- the rest of --security

root_becomes_another_user() {
  expect_stdout 'uid=4711 gid=42 groups=42,43' inside --security uid:4711,gid:42:43 "$BUSYBOX" sh -c 'echo uid=$(id -u) gid=$(id -g) groups=$(id -G | tr " " ,)'
  expect_stdout 0000000000000000 inside --security uid:4711,gid:42 "$BUSYBOX" sed -n 's/^CapEff:[[:space:]]*//p' /proc/self/status
  expect_stdout '0 42' inside --security gid:42 "$BUSYBOX" sh -c 'echo $(id -u) $(id -g)'
  if id -u kerr-demo >/dev/null 2>&1; then
    expect_stdout "$(id -u kerr-demo) $(id -g kerr-demo) $(getent passwd kerr-demo | cut -d : -f 6)" \
      inside --security "uid:$(id -u kerr-demo)" "$BUSYBOX" sh -c 'echo $(id -u) $(id -g) $HOME'
  fi
  expect_fatal 'has no group' inside --security uid:4711 "$BUSYBOX" true
}

what_cannot_be_done_is_refused() {
  if ! is_root; then
    expect_fatal '--security uid:0 is for root alone' inside --security uid:0 "$BUSYBOX" true
    expect_fatal '--security gid:5 is for root alone' inside --security gid:5 "$BUSYBOX" true
  fi
  expect_fatal '--security apparmor:none' inside --security apparmor:none "$BUSYBOX" true
  expect_fatal '--security selinux:a:b:c' inside --security selinux:a:b:c "$BUSYBOX" true
  expect_fatal '--security nonsense is not known' inside --security nonsense "$BUSYBOX" true
  expect_fatal '--security uid is not known, or lacks its value' inside --security uid "$BUSYBOX" true
}

filters_are_there_without_no_new_privs() {
  expect_stdout '0 1' inside --allow-setuid "$BUSYBOX" sh -c 'echo $(sed -n "s/^NoNewPrivs://p; s/^Seccomp_filters://p" /proc/self/status)'
  expect_stdout '0 2' inside --allow-setuid --contain --drop-caps CAP_SYS_ADMIN "$BUSYBOX" \
    sh -c 'echo $(sed -n "s/^NoNewPrivs://p; s/^Seccomp_filters://p" /proc/self/status)'
}

if cc -static -O1 "$E2E/fixtures/syscalls.c" -o "$PROBE" 2>"$SCRATCH/.cc"; then
  it 'lets nothing type on the terminal' nothing_types_on_the_terminal
  if [ "$(cat /proc/sys/dev/tty/legacy_tiocsti 2>/dev/null || echo 1)" != 1 ]; then
    skip 'types on a terminal outside and not inside' 'the kernel lets nobody: dev.tty.legacy_tiocsti = 0'
  elif ! command -v script >/dev/null; then
    skip 'types on a terminal outside and not inside' 'script(1) is not there'
  else
    it 'types on a terminal outside and not inside' types_outside_and_not_inside
  fi
  if [ "$(uname -m)" = x86_64 ]; then
    it 'answers every number of every way to call the kernel as its profile says' every_number_of_every_way_is_answered_as_the_profile_says
    it "takes a user's profile in the place of its own" a_profile_takes_the_place_of_ours
    it 'does not let architectures through that a profile does not name' other_architectures_are_not_let_through
  else
    skip 'answers every number of every way to call the kernel as its profile says' 'what is expected is written for x86_64'
  fi
else
  skip 'what a probe sees' "there is no C compiler that links statically: $(tail -n 1 "$SCRATCH/.cc")"
fi
it 'has a filter in each launch' each_launch_has_a_filter
it 'has none in the steps of a build' steps_of_builds_have_none
it 'has a profile in contained launches' contained_launches_have_the_profile
it 'lets contained programs run' programs_run_contained
if is_root; then
  it 'lets contained root not mount, unless that is asked for' contained_root_does_not_mount
  it 'becomes another user for root' root_becomes_another_user
  it 'filters without no_new_privs' filters_are_there_without_no_new_privs
  skip 'lets contained users make containers' 'root has no need of user namespaces'
else
  for name in 'lets contained root not mount' 'becomes another user' 'filters without no_new_privs'; do skip "$name" 'only root may'; done
  it 'lets contained users make containers' contained_users_make_containers_in_containers
fi
it 'filters those who enter an instance' those_who_enter_an_instance_have_its_filters
it 'obeys a profile' a_profile_is_obeyed
it 'obeys a profile that has changed' a_changed_profile_counts_at_once
it 'refuses profiles that are none' profiles_that_are_none_are_refused
it 'refuses what it cannot do' what_cannot_be_done_is_refused
