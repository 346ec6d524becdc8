#!/usr/bin/env bash
# What a payload must not be able to do, and what an image must not be able to make the launch do.
. "$(dirname "$0")/lib.sh"
. "$E2E/fixtures/common.sh"

inside() { "$KERR" exec "$BUSYBOX" "$@"; }
status_line() { inside sed -n "s/^$1:[[:space:]]*//p" /proc/self/status; }

has_no_way_to_new_privileges() {
  expect_equal 1 "$(status_line NoNewPrivs)"
}

has_no_capabilities() {
  local set
  is_root && return
  for set in CapInh CapPrm CapEff CapBnd CapAmb; do
    expect_equal 0000000000000000 "$(status_line $set)"
  done
}

is_in_no_namespace_but_its_own_mounts() {
  local kind
  for kind in pid net ipc uts cgroup; do
    expect_equal "$(readlink /proc/self/ns/$kind)" "$(inside readlink /proc/self/ns/$kind)"
  done
  [ "$(readlink /proc/self/ns/mnt)" != "$(inside readlink /proc/self/ns/mnt)" ]
}

# A file of root's with the setuid bit, in an image, an ordinary user's sandbox and a bind.
gains_nothing_by_setuid_files() {
  build image.sif <<END
Bootstrap: localimage
From: $BUSYBOX
%post
    mkdir /as-root
    cp /bin/busybox /as-root/id
    chown 0:0 /as-root/id
    chmod 6755 /as-root/id
END
  expect_stdout "$(id -u)" "$KERR" exec image.sif /as-root/id -u
  convert box image.sif --sandbox
  expect_stdout "$(id -u)" "$KERR" exec box /as-root/id -u
  expect_stdout "$(id -u)" "$KERR" exec --bind "$PWD/box/as-root:/bound" "$BUSYBOX" /bound/id -u
  expect_stdout 'nosuid' "$KERR" exec image.sif sh -c 'grep -o nosuid /proc/self/mountinfo | sort -u'
}

cannot_change_its_mounts() {
  is_root && return
  local command
  for command in 'mount -t tmpfs none /tmp' 'mount --bind /tmp /mnt' 'mount -o remount,rw /' 'umount /proc' 'umount -l /tmp' \
    'umount /etc/passwd' 'pivot_root / /tmp' 'mknod /tmp/kerr-e2e-node c 1 3' 'chroot / true' 'hostname x' 'nsenter -t 1 -m true'; do
    expect_status 1 inside sh -c "$command 2>/dev/null && exit 0; exit 1"
  done
}

# In a user namespace of its own the payload is root again; what is mounted stays as locked as it is.
cannot_uncover_mounts_in_another_user_namespace() {
  local command
  is_root && return
  inside unshare -U -r true 2>/dev/null || return 0
  for command in 'umount /proc' 'umount -l /etc/passwd' 'mount -o remount,rw,bind /' 'mount -o remount,suid,bind /tmp' 'mount -o remount,dev,bind /tmp'; do
    expect_status 1 inside unshare -U -r -m sh -c "$command 2>/dev/null && exit 0; exit 1"
  done
}

cannot_write_the_root() {
  is_root && expect_status 1 inside sh -c 'mount -o remount,rw / 2>/dev/null; true 2>/dev/null >/x && exit 0; exit 1'
  expect_status 1 inside sh -c 'true 2>/dev/null >/x'
  expect_status 1 inside sh -c 'true 2>/dev/null >/etc/passwd'
}

cannot_reach_the_hosts_root() {
  # the host's processes are visible, their roots are their users' to look at
  is_root && return
  expect_status 1 inside sh -c 'ls /proc/1/root/ >/dev/null 2>&1 && exit 0; exit 1'
  expect_status 1 inside sh -c 'cd /proc/1/cwd 2>/dev/null && exit 0; exit 1'
}

has_no_way_out_by_descriptors() {
  local fd
  for fd in 3 4 5 6 7 8 9 10 16 17; do
    run "$KERR" exec --cwd /proc/self/fd/$fd "$BUSYBOX" sh -c 'pwd; ls /etc/shadow'
    expect_equal 255 "$STATUS"
  done
  exec 8</
  run "$KERR" exec --cwd /proc/self/fd/8 "$BUSYBOX" true
  expect_equal 255 "$STATUS"
}

does_not_read_others_files_by_root() {
  is_root || return 0
  expect_status 1 inside test -e /etc/shadow
}

# ---- images that mean harm. $OUT stands for the host: nothing in it may change, whatever the launch says.

# hostile NAME: a sandbox with a shell in it, and a directory of the host that must stay as it is.
hostile() {
  sandbox
  OUT=$PWD/out
  rm -rf evil "$OUT"
  cp -R "$SANDBOX" evil
  mkdir -p "$OUT/tmp" "$OUT/shm" "$OUT/pts"
  echo precious >"$OUT/passwd"
  echo precious >"$OUT/ptmx"
  find "$OUT" -exec touch -t 200001010000 {} +
  sum_out >before
}

sum_out() { find "$OUT" -printf '%p %y %m %T@ %s\n' | sort; }

# expect_harmless COMMAND…: one FATAL line, or a run; the host's files as before.
expect_harmless() {
  run timeout 20 "$@"
  sum_out >after
  cmp before after || return 1
  case $STATUS in
    0 | 126 | 127) ;; # 126, 127: the image's own scripts are no programs
    255) expect_equal 1 "$(grep -c '^FATAL:' <<<"$STDERR")" ;;
    *) e2e_show 'expected a run or one FATAL line' "$@" ;;
  esac
  if grep -e 'Exception' -e '^	at ' <<<"$STDERR"; then return 1; fi
}

survives_links_where_directories_belong() {
  local name target
  for name in etc dev proc sys tmp var var/tmp home root .singularity.d run usr; do
    for target in OUT CLIMB loop; do
      hostile
      rm -rf "evil/$name"
      case $target in
        OUT) ln -s "$OUT" "evil/$name" ;;
        CLIMB) ln -s "../../../../../../../../../../../../..$OUT" "evil/$name" ;;
        loop) ln -s "${name##*/}" "evil/$name" ;;
      esac
      expect_harmless "$KERR" exec evil /bin/busybox true
    done
    expect_harmless "$KERR" exec --writable evil /bin/busybox true
    expect_harmless "$KERR" exec --writable-tmpfs evil /bin/busybox true
  done
}

survives_links_where_files_belong() {
  local name
  hostile
  for name in etc/passwd etc/group etc/hosts etc/resolv.conf etc/localtime .singularity.d/runscript .singularity.d/env/90-environment.sh; do
    rm -rf "evil/$name"
    ln -s "$OUT/passwd" "evil/$name"
  done
  expect_harmless "$KERR" exec evil /bin/busybox true
  expect_harmless "$KERR" exec --writable evil /bin/busybox true
  expect_harmless "$KERR" run evil
  expect_harmless "$KERR" inspect --all evil
}

survives_files_where_directories_belong() {
  local name
  for name in etc dev proc sys tmp var home root .singularity.d mnt; do
    hostile
    rm -rf "evil/$name"
    echo file >"evil/$name"
    expect_harmless "$KERR" exec evil /bin/busybox true
    expect_harmless "$KERR" exec --bind "$PWD:/mnt" evil /bin/busybox true
  done
}

survives_odd_account_files() {
  local kind
  for kind in fifo directory huge nul long; do
    hostile
    rm -f evil/etc/passwd
    case $kind in
      fifo) mkfifo evil/etc/passwd ;;
      directory) mkdir evil/etc/passwd ;;
      huge) truncate -s 8G evil/etc/passwd ;;
      nul) printf 'a\0b\n\n:::::::::\nroot:x:0\n' >evil/etc/passwd ;;
      long) head -c 200000 /dev/zero | tr '\0' x >evil/etc/passwd ;;
    esac
    expect_harmless "$KERR" exec evil /bin/busybox true
    expect_equal 0 "$STATUS"
  done
}

survives_long_and_deep_names() {
  local name deep=evil
  hostile
  name=$(printf 'n%.0s' $(seq 255))
  mkdir "evil/$name"
  for _ in $(seq 15); do deep=$deep/$name; mkdir -p "$deep"; done 2>/dev/null || true
  ln -s "$(printf 'x/%.0s' $(seq 2000))" evil/long 2>/dev/null || true
  expect_harmless "$KERR" exec evil /bin/busybox true
  expect_equal 0 "$STATUS"
  expect_harmless "$KERR" exec --bind "$PWD:/long" evil /bin/busybox true
}

binds_where_an_image_points_stay_inside() {
  hostile
  ln -s "$OUT" evil/point
  ln -s /proc/self/root evil/magic
  mkdir data
  expect_harmless "$KERR" exec --bind "$PWD/data:/point/new" evil /bin/busybox true
  expect_harmless "$KERR" exec --bind "$PWD/data:/magic/new" evil /bin/busybox true
  expect_harmless "$KERR" exec --bind "$PWD/data:/point" evil /bin/busybox true
}

# Environment scripts of an image are the image's: they run inside, as the user, after everything is set up.
runs_scripts_of_an_image_inside_only() {
  hostile
  mkdir -p evil/.singularity.d/env
  # shellcheck disable=SC2016
  echo 'readlink /proc/self/ns/mnt >&2; id -u >&2' >evil/.singularity.d/env/10-first.sh
  expect_harmless "$KERR" exec evil /bin/busybox true
  expect_contains "$(id -u)" "$STDERR"
  case $STDERR in *"$(readlink /proc/self/ns/mnt)"*) return 1 ;; esac
}

# An image cannot leave traps for the build that reads it.
builds_from_harmful_images_safely() {
  local name
  for name in .singularity.d etc dev proc .singularity.d/env .singularity.d/labels.json .singularity.d/Singularity .singularity.d/bootstrap_history environment singularity etc/resolv.conf etc/hosts .post.script .build.labels; do
    hostile
    rm -rf "evil/$name"
    ln -s "$OUT" "evil/$name"
    printf 'Bootstrap: localimage\nFrom: evil\n%%post\n  true\n%%labels\n  a b\n%%environment\n  A=1\n' >evil.def
    expect_harmless "$KERR" build --force out.sif evil.def
    rm -f "evil/$name"
    ln -s "$OUT/passwd" "evil/$name"
    expect_harmless "$KERR" build --force out.sif evil.def
  done
}

# ---- what others could do to the user

keeps_build_directories_to_the_user() {
  mkdir temporary
  KERR_TMPDIR=$PWD/temporary build image.sif <<END
Bootstrap: localimage
From: $BUSYBOX
%setup
    stat -c %a "\$SINGULARITY_ROOTFS/.." >"$PWD/mode"
END
  expect_equal 700 "$(cat mode)"
}

never_follows_a_link_at_its_target() {
  ln -s "$PWD/elsewhere" out.sif
  run "$KERR" build out.sif "$BUSYBOX"
  [ ! -e elsewhere ]
  run "$KERR" build --force out.sif "$BUSYBOX"
  [ ! -e elsewhere ]
}

it 'has no way to new privileges' has_no_way_to_new_privileges
if is_root; then
  for name in 'has no capabilities' 'cannot change its mounts' 'cannot uncover mounts in another user namespace' "cannot reach the host's root"; do
    skip "$name" 'root keeps the rights of root'
  done
else
  it 'has no capabilities' has_no_capabilities
  it 'cannot change its mounts' cannot_change_its_mounts
  it 'cannot uncover mounts in another user namespace' cannot_uncover_mounts_in_another_user_namespace
  it "cannot reach the host's root" cannot_reach_the_hosts_root
fi
it 'shares all namespaces but that of its mounts' is_in_no_namespace_but_its_own_mounts
it 'gains nothing by setuid files of an image' gains_nothing_by_setuid_files
it 'cannot write the root file system' cannot_write_the_root
it 'has no way out by descriptors' has_no_way_out_by_descriptors
it 'survives links where directories belong' survives_links_where_directories_belong
it 'survives links where files belong' survives_links_where_files_belong
it 'survives files where directories belong' survives_files_where_directories_belong
it 'survives odd account files' survives_odd_account_files
it 'survives long and deep names' survives_long_and_deep_names
it 'keeps binds inside, wherever an image points' binds_where_an_image_points_stay_inside
it "runs an image's scripts inside only" runs_scripts_of_an_image_inside_only
it 'builds safely from images that mean harm' builds_from_harmful_images_safely
it 'keeps build directories to the user' keeps_build_directories_to_the_user
it 'never follows a link at its target' never_follows_a_link_at_its_target
