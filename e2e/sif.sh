#!/usr/bin/env bash
# kerr sif: the objects of a SIF file.
. "$(dirname "$0")/lib.sh"
. "$E2E/fixtures/common.sh"

lists_objects() {
  expect_stdout_contains 'Def.FILE' "$KERR" sif list "$IMAGES/signed.sif"
  expect_contains 'FS (Squashfs/*System/amd64)' "$STDOUT"
  expect_contains 'Signature' "$STDOUT"
  expect_equal 4 "$(grep -c '^[1-9]' <<<"$STDOUT")"
}

shows_the_header() {
  expect_stdout_contains amd64 "$KERR" sif header "$BUSYBOX"
  expect_stdout_contains '#!/usr/bin/env run-singularity' "$KERR" sif header "$BUSYBOX"
}

shows_an_object() {
  expect_stdout_contains 'Squashfs' "$KERR" sif info 3 "$IMAGES/signed.sif"
  expect_fatal 99 "$KERR" sif info 99 "$BUSYBOX"
}

lists_what_it_built() {
  convert image.sif "$BUSYBOX"
  expect_stdout_contains '*System' "$KERR" sif list image.sif
}

refuses_other_files() {
  echo text >text
  : >empty
  expect_fatal text "$KERR" sif list text
  expect_fatal empty "$KERR" sif list empty
  expect_fatal /no/such "$KERR" sif list /no/such
  expect_fatal "$PWD" "$KERR" sif list "$PWD"
  expect_usage_error '' "$KERR" sif
  expect_usage_error list "$KERR" sif nonsense "$BUSYBOX"
  expect_usage_error '' "$KERR" sif list
}

it 'lists the objects' lists_objects
it 'shows the header' shows_the_header
it 'shows an object' shows_an_object
it 'lists what kerr built' lists_what_it_built
it 'refuses what is no SIF' refuses_other_files
