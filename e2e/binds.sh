#!/usr/bin/env bash
# What the container sees of the host: by default, and by --bind.
# shellcheck disable=SC2164 # a case ends at its first failing command
. "$(dirname "$0")/lib.sh"
. "$E2E/fixtures/common.sh"

inside() { "$KERR" exec "$BUSYBOX" "$@"; }
with_bind() { "$KERR" exec --bind "$1" "$BUSYBOX" "${@:2}"; }

# ---- by default

sees_the_users_directories() {
  echo here >file
  touch "$HOME/kerr-e2e-file" /tmp/kerr-e2e-$$ /var/tmp/kerr-e2e-$$
  expect_status 0 inside test -e "$HOME/kerr-e2e-file" -a -e /tmp/kerr-e2e-$$ -a -e /var/tmp/kerr-e2e-$$ -a -e "$PWD/file"
  rm "$HOME/kerr-e2e-file" /tmp/kerr-e2e-$$ /var/tmp/kerr-e2e-$$
}

sees_the_kernels_file_systems() {
  expect_stdout 'ok' inside sh -c 'test -r /proc/self/status -a -d /sys/class -a -c /dev/null && echo ok >/dev/null && echo ok'
  expect_stdout "$(readlink /proc/self/ns/pid)" inside readlink /proc/self/ns/pid
  expect_stdout "$(readlink /proc/self/ns/net)" inside readlink /proc/self/ns/net
}

sees_the_hosts_resolver_and_names() {
  [ ! -e /etc/resolv.conf ] || expect_stdout "$(cat /etc/resolv.conf)" inside cat /etc/resolv.conf
  expect_stdout "$(cat /etc/hosts)" inside cat /etc/hosts
  [ ! -e /etc/localtime ] || expect_stdout "$(md5sum </etc/localtime)" inside md5sum /etc/localtime || expect_equal "$(md5sum </etc/localtime | cut -c 1-32)" "${STDOUT:0:32}"
}

does_not_see_the_rest() {
  expect_status 1 inside test -e /etc/shadow
  expect_status 1 inside test -e /usr/lib/os-release
}

leaves_the_home_out() {
  cd /
  touch "$HOME/kerr-e2e-file"
  expect_status 1 "$KERR" exec --no-home "$BUSYBOX" test -e "$HOME/kerr-e2e-file"
  rm "$HOME/kerr-e2e-file"
  cd "$SCRATCH"
  expect_stdout "$SCRATCH" "$KERR" exec --no-home "$BUSYBOX" pwd
}

is_read_only() {
  local file
  for file in /x /etc/x /bin/busybox /.singularity.d/x; do
    expect_status 1 inside sh -c "true 2>/dev/null >>$file"
  done
}

has_room_in_memory() {
  expect_failure 1 'No space left' "$KERR" exec --writable-tmpfs --writable-tmpfs-size 2 "$BUSYBOX" \
    dd if=/dev/zero of=/new bs=1M count=4
  expect_silent "$KERR" exec --writable-tmpfs --writable-tmpfs-size 100M "$BUSYBOX" \
    sh -c 'dd if=/dev/zero of=/new bs=1M count=90 2>/dev/null'
  expect_failure 255 'is no size' "$KERR" exec --writable-tmpfs --writable-tmpfs-size much "$BUSYBOX" true
  expect_failure 255 'means nothing' "$KERR" exec --writable-tmpfs-size 10 "$BUSYBOX" true
}

forgets_what_is_written_in_memory() {
  expect_stdout 'x root' "$KERR" exec --writable-tmpfs "$BUSYBOX" sh -c 'echo x >/new; echo root >>/etc/new; echo $(cat /new /etc/new)'
  expect_status 1 inside test -e /new
}

writes_into_a_sandbox() {
  sandbox
  expect_status 0 "$KERR" exec -w "$SANDBOX" touch /new
  [ -f "$SANDBOX/new" ]
  expect_stdout "$(id -u)" stat -c %u "$SANDBOX/new"
  expect_status 1 "$KERR" exec "$SANDBOX" sh -c 'true 2>/dev/null >/other'
  expect_fatal "cannot be written to" "$KERR" exec -w "$BUSYBOX" true
}

# ---- by option

make_data() {
  mkdir -p data/sub
  echo content >data/file
}

binds_directories_and_files() {
  make_data
  expect_stdout content with_bind "$PWD/data:/mnt" cat /mnt/file
  expect_stdout content with_bind "$PWD/data/file:/etc/bound" cat /etc/bound
  expect_stdout content with_bind "$PWD/data:/made/for/this" cat /made/for/this/file
  expect_stdout content with_bind "$PWD/data" cat "$PWD/data/file"
  expect_stdout content with_bind "data:/mnt" cat /mnt/file
}

binds_to_places_that_the_image_lacks() {
  make_data
  run with_bind "$PWD/data:/a/b/c,$PWD/data/file:/a/d/e,$PWD/data:/usr/made" sh -c 'cat /a/b/c/file /a/d/e /usr/made/file; ls /usr /bin | grep -c busybox'
  expect_equal $'0 content\ncontent\ncontent\n1' "$STATUS $STDOUT"
  expect_equal '' "$(find . -name a)"
}

binds_over_what_the_image_has() {
  make_data
  expect_stdout content with_bind "$PWD/data/file:/.singularity.d/runscript" cat /.singularity.d/runscript
  expect_stdout content with_bind "$PWD/data:/usr" cat /usr/file
}

binds_read_only() {
  make_data
  expect_status 1 with_bind "$PWD/data:/mnt:ro" sh -c 'true 2>/dev/null >/mnt/new'
  expect_status 0 with_bind "$PWD/data:/mnt:rw" sh -c 'echo x >/mnt/new'
  [ -e data/new ]
}

binds_read_only_with_all_below() {
  is_root || return 0
  make_data
  unshare -m bash -c 'mount -t tmpfs none data/sub && "$0" exec --bind "$PWD/data:/mnt:ro" "$1" sh -c "true 2>/dev/null >/mnt/sub/new"' "$KERR" "$BUSYBOX" && return 1
  return 0
}

binds_several() {
  make_data
  expect_stdout 'content content content' "$KERR" exec -B "$PWD/data:/m1,$PWD/data:/m2" -B "$PWD/data:/m3" "$BUSYBOX" sh -c 'echo $(cat /m1/file /m2/file /m3/file)'
}

adds_the_variables_binds() {
  make_data
  export SINGULARITY_BINDPATH="$PWD/data:/m2" APPTAINER_BIND="$PWD/data:/m3"
  expect_stdout 'content content content' with_bind "$PWD/data:/m1" sh -c 'echo $(cat /m1/file /m2/file /m3/file)'
}

escapes_separators() {
  mkdir 'a:b,c'
  echo escaped >'a:b,c/file'
  expect_stdout escaped with_bind "$PWD/a\\:b\\,c:/mnt" cat /mnt/file
}

# Default mounts are there before the user's binds, whatever the order in which they are planned.
binds_below_default_mounts() {
  local here=$PWD
  make_data
  mkdir point
  expect_stdout content with_bind "$PWD/data:$PWD/point" cat "$PWD/point/file"
  expect_equal '' "$(ls point)"
  (cd / && expect_stdout content with_bind "$here/data:$here/point" cat "$here/point/file")
  expect_stdout content with_bind "$PWD/data/file:/dev/null" cat /dev/null
}

never_loses_a_bind() {
  local target
  make_data
  for target in "/tmp/kerr-e2e-no-such-$$" "/var/tmp/kerr-e2e-no-such-$$" "$HOME/kerr-e2e-no-such-$$"; do
    run with_bind "$PWD/data:$target" cat "$target/file"
    rmdir "$target" 2>/dev/null || true
    [ "$STATUS $STDOUT" = '0 content' ] || [[ "$STATUS $STDERR" == "255 FATAL: "*"$target"* ]] ||
      e2e_show "a bind on $target is there or refused"
  done
}

binds_over_generated_files() {
  local file
  make_data
  for file in /etc/passwd /etc/group /etc/hosts /etc/resolv.conf /etc/localtime; do
    expect_stdout content with_bind "$PWD/data/file:$file" cat $file
  done
}

later_binds_cover_earlier_ones() {
  make_data
  mkdir second
  echo second >second/file
  expect_stdout second "$KERR" exec -B "$PWD/data:/mnt" -B "$PWD/second:/mnt" "$BUSYBOX" cat /mnt/file
  expect_stdout second "$KERR" exec -B "$PWD/data:/mnt" -B "$PWD/second:/mnt/sub" "$BUSYBOX" cat /mnt/sub/file
}

binds_where_links_of_the_image_lead() {
  make_data
  sandbox
  mkdir -p "$SANDBOX/real/place"
  ln -sfn /real/place "$SANDBOX/absolute"
  ln -sfn ../../../../real/place "$SANDBOX/escaping"
  expect_stdout content "$KERR" exec -B "$PWD/data:/absolute" "$SANDBOX" cat /real/place/file
  expect_stdout content "$KERR" exec -B "$PWD/data:/escaping" "$SANDBOX" cat /real/place/file
}

binds_what_links_of_the_host_lead_to() {
  make_data
  ln -s data link
  expect_stdout content with_bind "$PWD/link:/mnt" cat /mnt/file
}

binds_devices() {
  expect_stdout zero with_bind /dev/null:/mnt/null sh -c 'echo x >/mnt/null && echo zero'
}

refuses_binds_that_cannot_be() {
  make_data
  expect_fatal /no/such with_bind /no/such:/mnt true
  expect_fatal "$PWD/data" with_bind "$PWD/data:/bin/ls" true
  expect_fatal "$PWD/data/file" with_bind "$PWD/data/file:/usr" true
  expect_fatal absolute with_bind "$PWD/data:mnt" true
  expect_fatal wrong with_bind "$PWD/data:/mnt:wrong" true
  expect_fatal a:b:c:d with_bind a:b:c:d true
  expect_fatal :/mnt with_bind :/mnt true
}

refuses_targets_that_lead_out() {
  make_data
  run with_bind "$PWD/data:/../../../mnt" cat /mnt/file
  case "$STATUS $STDOUT" in '0 content') ;; *) expect_equal 255 "$STATUS" ;; esac
  run with_bind "$PWD/data:/proc/self/root/mnt" true
  [ "$STATUS" = 255 ] || [ "$STATUS" = 0 ]
}

# ---- what is mounted how

mounts_nothing_that_gives_rights() {
  run inside cat /proc/self/mountinfo
  if grep -v nosuid <<<"$STDOUT"; then return 1; fi
  if grep -v -e nodev -e ' /dev[ /]' <<<"$STDOUT"; then return 1; fi
}

keeps_its_mounts_to_itself() {
  make_data
  sort /proc/self/mountinfo >before
  "$KERR" exec --bind "$PWD/data:/mnt" "$BUSYBOX" sort "/proc/$$/mountinfo" >during
  cmp before during
}

# ---- the plan

prints_the_plan_and_starts_nothing() {
  run "$KERR" exec --dry-run --bind /tmp:/mnt "$BUSYBOX" touch "$PWD/started"
  expect_equal 0 "$STATUS"
  expect_contains /mnt "$STDOUT"
  expect_contains /bin/sh "$STDOUT"
  [ ! -e started ]
}

it "sees the user's directories" sees_the_users_directories
it "sees the kernel's file systems" sees_the_kernels_file_systems
it "sees the host's resolver, names and time zone" sees_the_hosts_resolver_and_names
it 'does not see the rest of the host' does_not_see_the_rest
it 'leaves the home out with --no-home' leaves_the_home_out
it 'is read-only' is_read_only
it 'has the room for it that was asked for' has_room_in_memory
it 'forgets what is written with --writable-tmpfs' forgets_what_is_written_in_memory
it 'writes into a sandbox with --writable' writes_into_a_sandbox
it 'binds directories and files' binds_directories_and_files
it 'binds to places that the image lacks' binds_to_places_that_the_image_lacks
it 'binds over what the image has' binds_over_what_the_image_has
it 'binds read-only' binds_read_only
if is_root; then
  it 'binds read-only with all mounts below' binds_read_only_with_all_below
else
  skip 'binds read-only with all mounts below' 'only root may make the mount to try it with'
fi
it 'binds several' binds_several
it "adds the variables' binds to the options'" adds_the_variables_binds
it 'takes separators in names behind a backslash' escapes_separators
it 'binds below what is mounted by default' binds_below_default_mounts
it 'never loses a bind silently' never_loses_a_bind
it 'binds over the files that it generates' binds_over_generated_files
it 'covers earlier binds with later ones' later_binds_cover_earlier_ones
it 'binds where links of the image lead' binds_where_links_of_the_image_lead
it 'binds what links of the host lead to' binds_what_links_of_the_host_lead_to
it 'binds devices' binds_devices
it 'refuses binds that cannot be' refuses_binds_that_cannot_be
it 'refuses or scopes targets that lead out' refuses_targets_that_lead_out
it 'mounts nothing that gives rights' mounts_nothing_that_gives_rights
it 'keeps its mounts to itself' keeps_its_mounts_to_itself
it 'prints the plan and starts nothing with --dry-run' prints_the_plan_and_starts_nothing
