#!/usr/bin/env bash
# kerr build from and to directories.
. "$(dirname "$0")/lib.sh"
. "$E2E/fixtures/common.sh"

HEADER="Bootstrap: localimage
From: $BUSYBOX"

converts_between_image_and_sandbox() {
  convert box "$BUSYBOX" --sandbox
  [ -x box/bin/busybox ]
  echo changed >box/changed
  convert image.sif box
  expect_stdout changed "$KERR" exec image.sif cat /changed
  convert again.sif image.sif
  expect_stdout changed "$KERR" exec again.sif cat /changed
}

# listing DIRECTORY: all that can be told of its files without reading them, but for times of access.
listing() { find "$1" -printf '%P %y %i %m %U %G %n %s %l %T@ %C@\n' | sort; }

packs_a_directory_where_it_is() {
  convert box "$BUSYBOX" --sandbox
  rm -rf box/etc/hosts box/var box/.singularity.d/labels.json
  mkdir -p -m 711 box/closed box/opt/var
  ln -s opt/var box/var
  ln -s ../../outside box/etc/hosts
  echo outside >outside
  echo left >box/.build.labels
  echo one >box/closed/one
  ln box/closed/one box/two
  touch -d 1990-01-01 box/closed
  listing box >before
  convert image.sif box
  listing box | diff before -
  expect_equal outside "$(cat outside)"
  expect_stdout '711 631152000' "$KERR" exec image.sif stat -c '%a %Y' /closed
  expect_stdout $'../../outside\nopt/var' "$KERR" exec image.sif sh -c 'readlink /etc/hosts; readlink /var'
  expect_stdout 2 "$KERR" exec image.sif stat -c %h /two
  expect_stdout one "$KERR" exec image.sif cat /two
  expect_status 1 "$KERR" exec image.sif ls /.build.labels
  expect_stdout_contains 'bootstrap: localimage' "$KERR" inspect image.sif
  # a link where metadata are: nothing is read or written through it
  mv box/.singularity.d elsewhere
  ln -s ../elsewhere box/.singularity.d
  listing elsewhere >before
  convert image.sif box --force
  listing elsewhere | diff before -
  expect_stdout directory "$KERR" exec image.sif stat -c %F /.singularity.d
}

leaves_out_what_is_mounted_in_a_directory() {
  convert box "$BUSYBOX" --sandbox
  mkdir -m 700 box/mounted
  unshare -m sh -c 'mount -t tmpfs none box/mounted && touch box/mounted/file && exec "$@"' _ \
    "$KERR" --quiet build image.sif box
  expect_stdout '' "$KERR" exec image.sif ls /mounted
}

writes_into_a_sandbox() {
  convert box "$BUSYBOX" --sandbox
  "$KERR" exec --writable box touch /new
  [ -e box/new ]
}

can_remove_its_own_sandbox() {
  build box --sandbox <<END
$HEADER
%post
    mkdir -p /closed/deep && touch /closed/deep/file && chmod 700 /closed
END
  rm -rf box
  [ ! -e box ]
}

it 'converts between image and sandbox' converts_between_image_and_sandbox
it 'packs a directory where it is, and changes nothing in it' packs_a_directory_where_it_is
if is_root; then
  it 'leaves out what is mounted in a directory' leaves_out_what_is_mounted_in_a_directory
else
  skip 'leaves out what is mounted in a directory' 'only root mounts on the host'
fi
it 'makes sandboxes that can be written into' writes_into_a_sandbox
it 'makes sandboxes that their user can remove' can_remove_its_own_sandbox
