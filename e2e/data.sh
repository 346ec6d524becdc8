#!/usr/bin/env bash
# Data containers: packed, mounted, pushed and pulled.
. "$(dirname "$0")/lib.sh"
EITHER=yes
. "$E2E/fixtures/common.sh"
. "$E2E/fixtures/registry.sh"
export KERR_CONFIGDIR=$SCRATCH/kerr

some_data() {
  mkdir -p data/sub
  echo one >data/one
  echo two >"data/sub/t w o"
  ln -s sub/t\ w\ o data/link
}

is_packed_and_mounted() {
  some_data
  expect_status 0 "$KERR" data package data data.oci.sif
  expect_equal '' "$STDOUT"
  expect_stdout 'one two' "$KERR" exec --data data.oci.sif:/data "$BUSYBOX" sh -c 'echo $(cat /data/one /data/link)'
  expect_stdout 'one two' "$KERR" exec --data "$PWD/data.oci.sif:/a/new/place" "$BUSYBOX" sh -c \
    'echo $(cat /a/new/place/one /a/new/place/link)'
  expect_failure 1 'Read-only' "$KERR" exec --data data.oci.sif:/data "$BUSYBOX" touch /data/x
  expect_stdout two "$KERR" exec --bind 'data.oci.sif:/x:image-src=/sub' "$BUSYBOX" cat '/x/t w o'
  expect_stdout two "$KERR" shell --data data.oci.sif:/data "$BUSYBOX" -c 'cat /data/link'
}

is_one_file() {
  some_data
  expect_status 0 "$KERR" data package data/one one.oci.sif
  expect_stdout 'one' "$KERR" exec --data one.oci.sif:/one "$BUSYBOX" sh -c 'cd /one; echo *; [ "$(cat one)" = one ]'
}

are_several() {
  some_data
  "$KERR" --quiet data package data/one a.sif
  "$KERR" --quiet data package data/sub b.sif
  expect_stdout 'one two' "$KERR" exec --data a.sif:/a,b.sif:/b "$BUSYBOX" sh -c 'echo $(cat /a/one "/b/t w o")'
  expect_stdout 'one two' "$KERR" exec --data a.sif:/a --data b.sif:/b "$BUSYBOX" sh -c \
    'echo $(cat /a/one "/b/t w o")'
}

is_the_artifact_that_others_read() {
  some_data
  "$KERR" --quiet data package data data.oci.sif
  expect_contains '"artifactType":"application/vnd.sylabs.data-container.v1"' "$("$KERR" sif dump 3 data.oci.sif)"
  expect_contains '"mediaType":"application/vnd.oci.empty.v1+json"' "$("$KERR" sif dump 3 data.oci.sif)"
  expect_contains '"mediaType":"application/vnd.sylabs.image.layer.v1.squashfs"' "$("$KERR" sif dump 3 data.oci.sif)"
  expect_stdout '{}' "$KERR" sif dump 2 data.oci.sif
  expect_contains '"artifactType":"application/vnd.sylabs.data-container.v1"' "$("$KERR" sif dump 4 data.oci.sif)"
  "$KERR" --quiet data package data again.oci.sif
  cmp data.oci.sif again.oci.sif
}

is_refused() {
  some_data
  "$KERR" --quiet data package data data.oci.sif
  expect_fatal 'already exists' "$KERR" data package data data.oci.sif
  expect_fatal 'no such file' "$KERR" data package nowhere x.sif
  expect_fatal 'neither a file nor a directory' "$KERR" data package /dev/null x.sif
  expect_status 1 "$KERR" data package data
  expect_status 1 "$KERR" data
  expect_fatal 'nothing to run' "$KERR" run data.oci.sif
  expect_fatal 'nothing to build from' "$KERR" build x.sif data.oci.sif
  expect_fatal 'has no overlay' "$KERR" overlay create data.oci.sif
  expect_fatal 'is no data container' "$KERR" exec --data "$BUSYBOX:/x" "$BUSYBOX" true
  expect_fatal 'is no data container' "$KERR" exec --data /etc/hostname:/x "$BUSYBOX" true
  expect_fatal 'does not exist' "$KERR" exec --data nowhere:/x "$BUSYBOX" true
  expect_fatal 'malformed --data' "$KERR" exec --data data.oci.sif "$BUSYBOX" true
  expect_fatal 'malformed --data' "$KERR" exec --data data.oci.sif:relative "$BUSYBOX" true
  expect_equal 'data data.oci.sif' "$(echo *)"
}

goes_to_a_registry_and_back() {
  some_data
  "$KERR" --quiet data package data data.oci.sif
  local scheme
  for scheme in oras docker; do
    expect_status 0 "$KERR" --quiet push --no-https data.oci.sif "$scheme://$REGISTRY/data/$scheme:1"
    expect_status 0 "$KERR" --quiet pull --no-https --oci "$scheme.sif" "$scheme://$REGISTRY/data/$scheme:1"
    cmp data.oci.sif "$scheme.sif"
  done
  expect_fatal 'it is a data container' "$KERR" --quiet pull --no-https x.sif "docker://$REGISTRY/data/docker:1"
}

it 'is packed of a directory, and mounted' is_packed_and_mounted
it 'is packed of a file' is_one_file
it 'is mounted with others' are_several
it 'is an artifact of OCI as others read it, the same each time' is_the_artifact_that_others_read
it 'is refused where it is none, and for what it cannot be' is_refused
if command -v docker-registry >/dev/null; then
  registry_start
  it 'goes to a registry and back' goes_to_a_registry_and_back
  registries_stop
else
  skip 'goes to a registry and back' 'docker-registry is not installed'
fi
