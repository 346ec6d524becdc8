#!/usr/bin/env bash
# --fakeroot and builds of ordinary users in their three ways: with sub-ids, with one id and root emulated, with one id.
# Each is chosen by what the host has; what it lacks is said, with what mends it.
# shellcheck disable=SC2016 # for the payload's shell
. "$(dirname "$0")/lib.sh"
. "$E2E/fixtures/common.sh"

asroot() { cc -static -O1 "$E2E/fixtures/asroot.c" -o "$SCRATCH/asroot" 2>/dev/null; }

# fakeroot OPTION… -- COMMAND…
fakeroot() {
  local options=()
  while [ "$1" != -- ]; do
    options+=("$1")
    shift
  done
  shift
  "$KERR" exec --fakeroot "${options[@]}" "$BUSYBOX" "$@"
}

# ---- as a user

has_all_ids_with_sub_ids() {
  expect_stdout_contains '100' "$KERR" --verbose exec --pid --fakeroot "$BUSYBOX" cat /proc/self/uid_map
  expect_contains 'root in the container has the sub-ids' "$STDERR"
  expect_stdout 12:34 fakeroot --writable-tmpfs -- sh -c 'touch /x && chown 12:34 /x && stat -c %u:%g /x'
}

# The first and the last of a range: 65536 of them, or however many there are.
maps_the_whole_range() {
  local first count
  IFS=: read -r _ first count < <(grep "^$(id -un):" /etc/subuid)
  expect_stdout "0 $(id -u) 1 1 $first $count" fakeroot --pid -- sh -c 'echo $(cat /proc/self/uid_map)'
  expect_stdout "0 0 1 1 1 $count" fakeroot -- sh -c 'echo $(cat /proc/self/uid_map)'
  expect_silent fakeroot --writable-tmpfs -- sh -c "touch /x && chown $count /x"
  expect_status 1 fakeroot --writable-tmpfs -- sh -c "touch /x && chown $((count + 1)) /x"
}

# mounts_but_undoes_nothing OPTION…
mounts_but_undoes_nothing() {
  mkdir data
  expect_stdout '' fakeroot "$@" --bind data:/mnt:ro -- mount -t tmpfs none /tmp
  expect_stdout '' fakeroot "$@" --bind data:/mnt:ro --bind data:/srv -- mount --bind /srv /tmp
  run fakeroot "$@" --bind data:/mnt:ro -- mount -o remount,bind,rw /mnt
  [ "$STATUS" -ne 0 ]
  run fakeroot "$@" --bind data:/mnt:ro -- umount /mnt
  [ "$STATUS" -ne 0 ]
  run fakeroot "$@" --bind data:/mnt:ro -- touch /mnt/file
  [ "$STATUS" -ne 0 ]
  [ ! -e data/file ]
}

configures_its_own_namespaces() {
  expect_stdout ours fakeroot "$@" --uts -- sh -c 'hostname ours && hostname'
  expect_stdout '' fakeroot "$@" --net --network none -- sh -c 'ip address add 10.1.2.3/24 dev lo'
}

shares_the_mount() {
  expect_stdout 0 fakeroot "$@" -- id -u
  expect_stdout_contains "$BUSYBOX" "$KERR" mount list
}

emulates_root_with_one_id() {
  mkdir work
  run "$KERR" exec --fakeroot --ignore-subuid --bind "$SCRATCH/asroot" "$BUSYBOX" "$SCRATCH/asroot" work
  expect_equal 0 "$STATUS"
  expect_equal '' "$(sed '/ ok$/d; /^uid 0$/d' <<<"$STDOUT")"
  expect_equal 19 "$(wc -l <<<"$STDOUT")"
  expect_contains 'changes of owner and the like report success and do nothing' "$STDERR"
  expect_equal "$(id -u):$(id -g)" "$(stat -c %u:%g work/file)" # nothing was done
  [ ! -e work/char ] && [ ! -e work/block ] && [ -p work/fifo ]
}

is_plain_with_one_id() {
  mkdir work
  run "$KERR" exec --fakeroot --ignore-subuid --ignore-fakeroot-command --bind "$SCRATCH/asroot" "$BUSYBOX" "$SCRATCH/asroot" work
  expect_contains 'chown EINVAL' "$STDOUT"
  expect_contains 'mknod-char EPERM' "$STDOUT"
  expect_contains 'setgroups EPERM' "$STDOUT"
  expect_contains 'mkdir ok' "$STDOUT"
  expect_contains 'uid 0' "$STDOUT"
  expect_contains 'changes of owner and the like fail' "$STDERR"
}

obeys_the_variables_of_the_field() {
  expect_stdout '0 0 1' env APPTAINER_IGNORE_SUBUID=1 "$KERR" exec --fakeroot "$BUSYBOX" \
    sh -c 'echo $(cat /proc/self/uid_map)'
  expect_fatal 'leaves no way to be root' "$KERR" exec --fakeroot --ignore-userns "$BUSYBOX" true
}

# apt looks whether it has become another user: it is told to stay root, where there is apt.
tells_apt_to_stay_root() {
  sandbox
  expect_stdout '' fakeroot --ignore-subuid -- sh -c 'echo $APT_CONFIG'
  cp -r "$SANDBOX" apt && mkdir -p apt/etc/apt apt/.singularity.d/libs
  local show='cat "$APT_CONFIG"'
  expect_stdout 'APT::Sandbox::User "root";' "$KERR" exec --fakeroot --ignore-subuid apt sh -c "$show"
  expect_stdout 'APT::Sandbox::User "root";' "$KERR" exec --fakeroot --ignore-subuid --writable apt sh -c "$show"
  expect_stdout 'APT::Sandbox::User "root";' "$KERR" exec --fakeroot --ignore-subuid --cleanenv --contain apt sh -c "$show"
  expect_equal '' "$(find apt/.singularity.d/libs apt/etc/apt -type f)"
  expect_stdout '' "$KERR" exec --fakeroot apt sh -c 'echo $APT_CONFIG'
}

builds_with_one_id() {
  cat >x.def <<END
Bootstrap: localimage
From: $BUSYBOX
%post
    touch /given /mine
    chown 12:34 /given
    mknod /device c 1 3
    id -u >/mine
END
  run "$KERR" build --ignore-subuid x.sif x.def
  expect_equal 0 "$STATUS"
  expect_contains 'root in the container has one id' "$STDERR"
  expect_stdout "$(id -u):$(id -g)" "$KERR" exec x.sif stat -c %u:%g /given # root's files are the caller's
  expect_stdout 0 "$KERR" exec x.sif cat /mine
  expect_status 1 "$KERR" exec x.sif test -e /device
  expect_status 255 "$KERR" build --ignore-subuid --ignore-fakeroot-command y.sif x.def
  [ ! -e y.sif ]
}

keeps_the_home_writable() {
  touch "$HOME/kerr-e2e-home"
  expect_stdout 0 fakeroot --ignore-subuid -- stat -c %u /root/kerr-e2e-home
  rm "$HOME/kerr-e2e-home"
}

cannot_do_without_user_namespaces() {
  expect_fatal 'user.max_user_namespaces is 0' unshare -U -r bash -c \
    'echo 0 >/proc/sys/user/max_user_namespaces && exec "$@"' bash "$KERR" exec --fakeroot "$BUSYBOX" true
}

# ---- as root, who can show a user another host

# on_host COMMAND SHELL-COMMAND: changes the host for this command alone, which the ordinary user runs.
on_host() {
  rm -rf etc
  unshare -m bash -c 'mount --make-rprivate / && cp -a /etc "$0/etc" && mount --bind "$0/etc" /etc && eval "$1" && cd / &&
    exec setpriv --reuid="$2" --regid="$(id -g "$2")" --init-groups --reset-env sh -c "$3"' "$PWD" "$1" "$ORDINARY" "$2"
}

says_what_is_missing() {
  local launch="$KERR exec --fakeroot --writable-tmpfs $BUSYBOX sh -c 'touch /x && chown 12 /x && id -u'"
  run on_host "rm -f /etc/subuid" "$launch"
  expect_equal '0 0' "$STATUS $STDOUT"
  expect_contains "/etc/subuid has no range for $ORDINARY (to mend it: root: kerr config fakeroot --add $ORDINARY)" "$STDERR"
  expect_contains 'report success and do nothing' "$STDERR"
  run on_host "sed -i 's/^$ORDINARY:/!&/' /etc/subgid" "$launch"
  expect_equal '0 0' "$STATUS $STDOUT"
  expect_contains "/etc/subgid has the range of $ORDINARY disabled (to mend it: root: kerr config fakeroot --enable $ORDINARY)" "$STDERR"
  run on_host "mount --bind /dev/null $(command -v newuidmap)" "$launch"
  expect_contains 'newuidmap is not installed' "$STDERR"
  run on_host "cp $(command -v newgidmap) /etc/newgidmap && chmod 755 /etc/newgidmap && mount --bind /etc/newgidmap $(command -v newgidmap)" "$launch"
  expect_equal '0 0' "$STATUS $STDOUT"
  expect_contains 'newgidmap is neither setuid root nor has it file capabilities (to mend it: root: chmod u+s' "$STDERR"
  run on_host "echo other:100500:10 >>/etc/subuid" "$launch"
  expect_equal '0 0' "$STATUS $STDOUT"
  expect_contains "/etc/subuid gives other ids that $ORDINARY has too: line" "$STDERR"
  run on_host : "exec setpriv --no-new-privs $launch"
  expect_equal '0 0' "$STATUS $STDOUT"
  expect_contains 'kerr was started with no_new_privs' "$STDERR"
}

says_the_same_in_doctor() {
  run on_host "rm -f /etc/subuid; sed -i '/^$ORDINARY:/d' /etc/subgid" "$KERR doctor"
  expect_contains "LACKS   /etc/subuid has no range for $ORDINARY" "$STDOUT"
  expect_contains "LACKS   /etc/subgid has no range for $ORDINARY" "$STDOUT"
  expect_contains "remedy: root: kerr config fakeroot --add $ORDINARY" "$STDOUT"
  expect_contains '--fakeroot and builds have one id' "$STDOUT"
  run on_host : "$KERR doctor"
  expect_contains 'ok      --fakeroot has sub-ids: ' "$STDOUT"
}

maps_ranges_of_any_size() {
  local uid
  uid=$(id -u "$ORDINARY")
  local show="$KERR exec --pid --fakeroot $BUSYBOX sh -c 'echo \$(cat /proc/self/uid_map)'"
  expect_stdout "0 $uid 1 1 200000 7" on_host "echo $ORDINARY:200000:7 >/etc/subuid" "$show"
  expect_stdout "0 $uid 1 1 200000 7 8 300000 100000" \
    on_host "printf '%s\n' $ORDINARY:200000:7 $uid:300000:100000 >/etc/subuid" "$show"
}

changes_who_has_sub_ids() {
  local show launch fakeroot="$KERR config fakeroot"
  show="grep -hE '^!?($ORDINARY|$(id -u "$ORDINARY")):' /etc/subuid /etc/subgid || true"
  launch="$KERR exec --fakeroot --writable-tmpfs $BUSYBOX sh -c 'touch /x && chown 65536 /x && stat -c %u /x'"
  expect_stdout $'!'"$ORDINARY:100000:65536"$'\n!'"$ORDINARY:100000:65536" on_host "$fakeroot --disable $ORDINARY" "$show"
  expect_stdout '' on_host "$fakeroot -r $ORDINARY" "$show"
  expect_stdout 65536 on_host "$fakeroot -d $ORDINARY && $fakeroot -e $ORDINARY" "$launch"
  expect_stdout 65536 on_host "$fakeroot -r $ORDINARY && $fakeroot -a $ORDINARY && $fakeroot -a $ORDINARY" "$launch"
  run on_host "$fakeroot --remove $ORDINARY && $fakeroot --remove $ORDINARY" true
  expect_contains "/etc/subuid has no range for $ORDINARY" "$STDERR"
  expect_fatal 'user no-such-user does not exist' "$KERR" config fakeroot --add no-such-user
}

# ----

if ! is_root; then
  if grep -q "^$(id -un):" /etc/subuid 2>/dev/null; then
    it 'has all ids where there are sub-ids' has_all_ids_with_sub_ids
    it 'maps the whole range' maps_the_whole_range
  else
    skip 'has all ids where there are sub-ids' "there is no range for $(id -un) in /etc/subuid"
  fi
  if asroot; then
    it 'emulates root where there is one id' emulates_root_with_one_id
    it 'leaves the emulation out' is_plain_with_one_id
    for way in '' --ignore-subuid; do
      # shellcheck disable=SC2086 # no option, or one
      {
        it "mounts, but undoes nothing ($way)" mounts_but_undoes_nothing $way
        it "configures its own namespaces ($way)" configures_its_own_namespaces $way
        it "shares the mount ($way)" shares_the_mount $way
      }
    done
  else
    skip 'emulates root where there is one id' 'no static C library'
  fi
  it 'obeys the variables of the field' obeys_the_variables_of_the_field
  it 'tells apt to stay root' tells_apt_to_stay_root
  it 'builds where there is one id' builds_with_one_id
  it "has the caller's home for root's" keeps_the_home_writable
  it 'names the setting that forbids user namespaces' cannot_do_without_user_namespaces
  it 'lets only root change who has sub-ids' expect_fatal 'only root may change who has sub-ids' "$KERR" config fakeroot --add "$(id -un)"
else
  ORDINARY=kerr-demo
  if ! id "$ORDINARY" >/dev/null 2>&1 || ! grep -q "^$ORDINARY:100000:65536$" /etc/subuid; then
    skip 'says what a user lacks' "no user $ORDINARY with sub-ids"
  elif ! setpriv --reuid="$ORDINARY" --clear-groups test -r "$KERR" -a -r "$BUSYBOX"; then
    skip 'says what a user lacks' "$ORDINARY cannot read this build"
  else
    it 'says what a user lacks, and what mends it' says_what_is_missing
    it 'says the same in doctor' says_the_same_in_doctor
    it 'maps ranges of any size, and several' maps_ranges_of_any_size
    it 'changes who has sub-ids' changes_who_has_sub_ids
  fi
fi
