#!/usr/bin/env bash
# kerr.conf: what its directives do, and kerr config global, which changes it.
. "$(dirname "$0")/lib.sh"
. "$E2E/fixtures/common.sh"

CONFIGURATION=$(dirname "$(dirname "$(readlink -f "$KERR")")")/etc/kerr/kerr.conf

# with LINES KERR_ARGUMENT…: kerr with a configuration of these lines.
with() {
  printf '%s\n' "$1" >kerr.conf
  shift
  "$KERR" --config "$PWD/kerr.conf" "$@"
}

# ---- directives

copy_works() {
  cp "$CONFIGURATION" kerr.conf
  expect_silent "$KERR" --config kerr.conf exec "$BUSYBOX" true
}

obeys_mounts() {
  expect_stdout '' with $'mount tmp = no\nmount home = no' exec "$BUSYBOX" sh -c 'ls /tmp'
  expect_status 1 with 'mount proc = no' exec --cwd / "$BUSYBOX" test -e /proc/self
  mkdir shown
  touch shown/file
  expect_stdout file with "bind path = $PWD/shown:/mnt" exec "$BUSYBOX" ls /mnt
}

allows_kinds_of_images() {
  expect_fatal 'SIF images may not be run' with 'allow container sif = no' exec "$BUSYBOX" true
  expect_silent with $'allow container dir = no\nallow container squashfs = no' exec "$BUSYBOX" true
  sandbox
  expect_fatal 'sandbox directories may not be run' with 'allow container dir = no' exec "$SANDBOX" true
  expect_silent with 'allow container sif = no' exec "$SANDBOX" true
}

builds_whatever_may_be_run() {
  sandbox
  with $'allow container dir = no\nallow container sif = no' build packed.sif "$SANDBOX"
  expect_silent "$KERR" exec packed.sif true
}

# As root a file system of our own is shown; a user is shown what there is.
shows_all_file_systems() {
  mkdir host
  if is_root; then
    expect_stdout 'file there' unshare -m bash -c 'mount -t tmpfs none /mnt && mkdir /mnt/own && touch /mnt/own/file &&
      echo "mount hostfs = yes" >kerr.conf && "$0" --config kerr.conf exec "$1" sh -c "cd /mnt/own; echo \$(ls) there"' \
      "$KERR" "$BUSYBOX"
  fi
  expect_silent with 'mount hostfs = yes' exec "$BUSYBOX" true
  expect_silent with 'mount hostfs = yes' exec --no-mount hostfs "$BUSYBOX" true
}

makes_overlays_by_a_program() {
  expect_stdout 'fuse.fuse-overlayfs' with 'enable overlay = driver' exec -B /usr:/absent/usr "$BUSYBOX" \
    sh -c 'test -e /absent/usr/bin && awk "\$2 == \"/\" { print \$3 }" /proc/mounts'
  mkdir over
  with 'enable overlay = driver' exec --overlay over "$BUSYBOX" sh -c 'echo x >/new'
  expect_equal x "$(cat over/upper/new)"
}

mounts_ext3_without_the_kernel() {
  "$KERR" overlay create --size 64 o.img
  with 'allow kernel extfs = no' exec --overlay o.img "$BUSYBOX" sh -c 'echo x >/new; chown 12:34 /new'
  expect_stdout 'x 12' with 'allow kernel extfs = no' exec --overlay o.img:ro "$BUSYBOX" \
    sh -c 'echo $(cat /new; stat -c %u /new)'
}

# limited LINE TEXT: an ordinary user is refused with TEXT, root is not.
limited() {
  if is_root; then
    expect_silent with "$1" exec copy.sif true
  else
    expect_fatal "$2" with "$1" exec copy.sif true
  fi
}

limits_images() {
  cp "$BUSYBOX" copy.sif
  mkdir allowed
  cp "$BUSYBOX" allowed/copy.sif
  limited 'limit container owners = nobody' 'because of its owner'
  limited 'limit container groups = nobody-at-all' 'because of its group'
  limited "limit container paths = $PWD/allowed" 'because of its directory'
  ln -s ../copy.sif allowed/link.sif
  is_root || expect_fatal 'because of its directory' with "limit container paths = $PWD/allowed" exec allowed/link.sif true
  expect_silent with "limit container owners = nobody, $(id -un)" exec copy.sif true
  expect_silent with "limit container owners = $(id -u)" exec copy.sif true
  expect_silent with "limit container groups = $(id -gn)" exec copy.sif true
  expect_silent with "limit container paths = /nowhere, $PWD/allowed" exec allowed/copy.sif true
}

forbids_user_namespaces() {
  if is_root; then
    expect_silent with 'allow user ns = no' exec "$BUSYBOX" true
  else
    expect_fatal 'user namespaces are not allowed' with 'allow user ns = no' exec "$BUSYBOX" true
    expect_fatal 'user namespaces are not allowed' with 'allow user ns = no' build out.sif "$BUSYBOX"
    [ ! -e out.sif ]
  fi
}

mounts_without_the_kernel() {
  expect_stdout_contains mount-loop with '' exec --dry-run "$BUSYBOX" true
  expect_stdout_contains mount-served with 'allow kernel squashfs = no' exec --dry-run "$BUSYBOX" true
  expect_stdout x with 'allow kernel squashfs = no' exec "$BUSYBOX" echo x
}

# later_mount LINES: what a container sees of a mount that the host makes while it runs.
later_mount() {
  mkdir -p data/sub
  printf '%s\n' "$1" >kerr.conf
  # shellcheck disable=SC2016
  unshare -m --propagation private bash -euc '
    mount --bind data data
    mount --make-shared data
    "$KERR" --config kerr.conf exec --bind "$PWD/data:/mnt" "$0" \
      sh -c "touch /mnt/ready; until [ -e /mnt/go ]; do sleep 0.05; done; ls /mnt/sub" &
    until [ -e data/ready ]; do sleep 0.05; done
    mount -t tmpfs none data/sub
    touch data/sub/new data/go
    wait $!' "$BUSYBOX"
}

follows_mounts() { expect_stdout new later_mount 'mount slave = yes'; }
follows_none() { expect_stdout '' later_mount 'mount slave = no'; }

# with_overlay LINE: a launch that needs fuse2fs, with that line of kerr.conf.
with_overlay() { with "$1"$'\nallow kernel extfs = no' exec --overlay o.img:ro "$BUSYBOX" true; }

finds_programs_where_the_site_says() {
  mkdir programs
  "$KERR" overlay create --size 64 o.img
  expect_fatal fuse2fs with_overlay "binary path = $PWD/programs"
  ln -s "$(command -v fuse2fs)" programs/fuse2fs
  expect_silent with_overlay "binary path = $PWD/programs"
}

finds_users_programs_where_the_site_says() {
  mkdir programs nowhere
  "$KERR" overlay create --size 64 o.img
  ln -s "$(command -v fuse2fs)" programs/fuse2fs
  local PATH=$PWD/programs:$PATH
  if is_root; then
    expect_fatal fuse2fs with_overlay "binary path = \$PATH:$PWD/nowhere"
  else
    expect_silent with_overlay "binary path = \$PATH:$PWD/nowhere"
  fi
}

refuses_what_it_cannot_obey() {
  expect_fatal 'kerr.conf:1: allow net users cannot be obeyed' with 'allow net users = ada' exec "$BUSYBOX" true
  expect_fatal 'kerr.conf:2: unknown directive "mont sys"' with $'# one\nmont sys = no' exec "$BUSYBOX" true
  expect_silent with $'allow setuid = no\nmax loop devices = 16\nenable underlay = preferred' exec "$BUSYBOX" true
}

# ---- kerr config global

config() { "$KERR" --config "$PWD/kerr.conf" config global "$@"; }

shows_values() {
  printf 'bind path = /a, /b\nbind path = /c\n' >kerr.conf
  expect_stdout /a,/b,/c config --get 'bind path'
  expect_stdout yes config -g 'mount home'
  [ ! -r "$CONFIGURATION" ] || expect_stdout yes "$KERR" config global --get 'mount home'
}

shows_changes() {
  printf '# ours\nmount home = yes # why\n' >kerr.conf
  expect_stdout $'# ours\nmount home = no # why' config --dry-run --set 'mount home' no
  expect_equal $'# ours\nmount home = yes # why' "$(cat kerr.conf)"
}

changes_the_file() {
  printf '# ours\nbind path = /etc/hosts\nmount home = yes # why\n\n' >kerr.conf
  chown 0:1001 kerr.conf
  chmod 640 kerr.conf
  expect_silent config --set 'bind path' /etc/foo
  expect_silent config --set 'mount home' no
  expect_equal $'# ours\nbind path = /etc/hosts\nbind path = /etc/foo\nmount home = no # why\n\n.' "$(cat kerr.conf; echo .)"
  expect_equal '0:1001 640' "$(stat -c '%u:%g %a' kerr.conf)"
  expect_silent config --unset 'bind path' /etc/hosts
  expect_silent config --reset 'mount home'
  expect_equal $'# ours\nbind path = /etc/foo\nmount home = yes # why' "$(cat kerr.conf)"
  expect_equal kerr.conf "$(ls -A)"
}

changes_the_installations_file() {
  local copy=$SCRATCH/installed
  cp -a "$(dirname "$(dirname "$(readlink -f "$KERR")")")" "$copy"
  expect_silent "$copy/bin/kerr" config global --set 'bind path' /etc/foo
  expect_stdout '/etc/localtime,/etc/hosts,/etc/foo' "$copy/bin/kerr" config global --get 'bind path'
  expect_equal 1 "$(diff "$copy/etc/kerr/kerr.conf" "$CONFIGURATION" | grep -c '^[<>]')"
  expect_silent "$copy/bin/kerr" config global --reset 'bind path'
  cmp "$copy/etc/kerr/kerr.conf" "$CONFIGURATION"
}

changes_nothing_that_would_be_wrong() {
  printf 'mount home = no\n' >kerr.conf
  local how
  for how in --dry-run $(! is_root || echo --dry-run=false); do
    expect_fatal 'unknown directive "mont home"' config $how --set 'mont home' no
    expect_fatal 'mount home is not yes or no: maybe' config $how --set 'mount home' maybe
    expect_fatal 'image driver cannot be obeyed' config $how --set 'image driver' x
    expect_fatal 'has no value /b' config $how --unset 'bind path' /b
  done
  expect_usage_error 'needs a value' config --set 'mount home'
  expect_equal 'mount home = no' "$(cat kerr.conf)"
}

only_root_changes_it() {
  printf 'mount home = no\n' >kerr.conf
  expect_fatal 'only root may change the configuration' config --set 'mount home' yes
  expect_equal 'mount home = no' "$(cat kerr.conf)"
}

lists_the_directives() { expect_stdout_contains 'limit container paths' "$KERR" help config; }

it 'is right as it is installed' copy_works
it 'mounts what it says' obeys_mounts
it 'allows kinds of images, or not' allows_kinds_of_images
it 'shows all file systems of the host' shows_all_file_systems
if "$KERR" --quiet doctor 2>&1 | grep -q 'ok *fuse-overlayfs'; then
  it 'has a program make overlays' makes_overlays_by_a_program
else
  skip 'has a program make overlays' 'no fuse-overlayfs on this host'
fi
it 'does not bind builds by what may be run' builds_whatever_may_be_run
it 'limits owners, groups and places of images, but for root' limits_images
it 'forbids user namespaces' forbids_user_namespaces
it 'says where programs are' finds_programs_where_the_site_says
it 'says whether programs may be the users own, but for root' finds_users_programs_where_the_site_says
it 'is refused where it cannot be obeyed' refuses_what_it_cannot_obey
it 'is shown by kerr config global --get' shows_values
it 'is shown as it would be' shows_changes
it 'is not made wrong' changes_nothing_that_would_be_wrong
it 'has its directives in the help' lists_the_directives
if is_root; then
  if grep -q '\ssquashfs$' /proc/filesystems && [ -e /dev/loop-control ]; then
    it 'keeps the kernel from mounting images' mounts_without_the_kernel
  else
    skip 'keeps the kernel from mounting images' 'this kernel mounts none'
  fi
  it 'keeps the kernel from mounting ext3' mounts_ext3_without_the_kernel
  it 'lets mounts of the host through' follows_mounts
  it 'keeps later mounts of the host out' follows_none
  it 'is changed where it says it, and keeps owner and mode' changes_the_file
  it 'is changed in the installation' changes_the_installations_file
else
  skip 'keeps the kernel from mounting images' 'it mounts none of a user'
  skip 'follows mounts of the host' 'only root mounts'
  it 'is changed by root alone' only_root_changes_it
fi
