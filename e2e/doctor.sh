#!/usr/bin/env bash
# kerr doctor: what the host lacks, and how to mend it. kerr --check: the smallest container set-up, step by step.
. "$(dirname "$0")/lib.sh"
. "$E2E/fixtures/common.sh"

finds_this_host_well() {
  run "$KERR" doctor
  expect_equal 0 "$STATUS"
  expect_contains 'This host can run containers' "$STDOUT"
  expect_contains squashfs-server "$STDOUT"
  expect_contains debootstrap "$STDOUT"
  expect_equal '' "$STDERR"
}

shows_each_step() {
  run "$KERR" --check
  expect_equal 0 "$STATUS"
  expect_contains 'unshare(CLONE_NEWUSER)' "$STDOUT"
  expect_contains pivot_root "$STDOUT"
}

# in_host_without WHAT COMMAND…: the command where the host's root forbids something.
without_user_namespaces() {
  # a namespace whose own limit is 0: no further ones can be made in it
  unshare -U -r bash -c 'echo 0 >/proc/sys/user/max_user_namespaces && exec "$@"' bash "$@"
}

names_the_setting_that_forbids() {
  run without_user_namespaces "$KERR" --check
  [ "$STATUS" != 0 ]
  expect_contains user_namespaces "$STDOUT$STDERR"
  run without_user_namespaces setpriv --bounding-set -sys_admin --inh-caps -sys_admin "$KERR" doctor
  expect_contains user_namespaces "$STDOUT$STDERR"
}

says_so_at_a_launch() {
  expect_fatal doctor without_user_namespaces setpriv --bounding-set -sys_admin --inh-caps -sys_admin "$KERR" exec "$BUSYBOX" true
}

explains_what_a_launch_can_have() {
  run "$KERR" doctor
  expect_contains "mount terminals of a container's own" "$STDOUT"
  expect_contains 'overlay directories can be written to in' "$STDOUT"
  expect_contains 'fuse2fs serves overlays' "$STDOUT"
  expect_contains 'Graphics processors:' "$STDOUT"
  expect_contains 'no driver of NVIDIA: --nv has nothing to bind' "$STDOUT"
  expect_contains 'no driver of AMD: --rocm has nothing to bind' "$STDOUT"
  expect_contains '--device knows no devices' "$STDOUT"
}

leaves_nothing_behind() { expect_no_leftovers "$KERR" doctor; }

it 'finds this host well' finds_this_host_well
it 'shows each step of a set-up' shows_each_step
it 'names the setting that forbids user namespaces' names_the_setting_that_forbids
it 'sends one to it when a launch fails' says_so_at_a_launch
it 'explains what a launch can have of this host' explains_what_a_launch_can_have
it 'leaves nothing behind' leaves_nothing_behind
