#!/usr/bin/env bash
# kerr sif: SIF files listed, made and changed.
# shellcheck disable=SC2164 # a case ends at its first failing command
. "$(dirname "$0")/lib.sh"
EITHER=yes
. "$E2E/fixtures/common.sh"

lists_objects() {
  expect_stdout_contains 'Def.FILE' "$KERR" sif list "$IMAGES/signed.sif"
  expect_contains 'FS (Squashfs/*System/amd64)' "$STDOUT"
  expect_contains 'Signature' "$STDOUT"
  expect_equal 4 "$(grep -c '^[1-9]' <<<"$STDOUT")"
}

lists_as_json() {
  expect_stdout_contains '"partitionType" : "*System"' "$KERR" sif list --json "$IMAGES/signed.sif"
  expect_contains '"linkedGroup" : 1' "$STDOUT"
  expect_contains '"descriptorsTotal" : 48' "$STDOUT"
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
  local verb
  echo text >text
  : >empty
  head -c 30000 "$BUSYBOX" >cut.sif
  mkfifo fifo
  for verb in list header; do
    expect_fatal text "$KERR" sif $verb text
    expect_fatal empty "$KERR" sif $verb empty
    expect_fatal truncated "$KERR" sif $verb cut.sif
    expect_fatal /no/such "$KERR" sif $verb /no/such
    expect_fatal "$PWD" "$KERR" sif $verb "$PWD"
    expect_fatal fifo timeout 20 "$KERR" sif $verb fifo
    expect_fatal /dev/zero timeout 20 "$KERR" sif $verb /dev/zero
  done
  expect_usage_error '' "$KERR" sif
  expect_usage_error list "$KERR" sif nonsense "$BUSYBOX"
  expect_usage_error '' "$KERR" sif list
}

# small: data.sif with a text in slot 1 and a partition in slot 2, made in two steps.
small() {
  echo 'a text' >text
  expect_silent "$KERR" sif new data.sif
  expect_silent "$KERR" sif add data.sif text --datatype 1 --groupid 1 --filename read.me
  expect_silent "$KERR" sif add --datatype=4 --parttype=1 --partfs=1 --partarch=2 data.sif text
}

makes_a_file() {
  umask 027
  small
  expect_equal 750 "$(stat -c %a data.sif)"
  expect_stdout_contains 'Def.FILE' "$KERR" sif list data.sif
  expect_contains 'FS (Squashfs/System/amd64)' "$STDOUT"
  expect_contains '|32768-32775' "$STDOUT"
  expect_stdout_contains 'Name:         read.me' "$KERR" siftool info 1 data.sif
  expect_stdout 'a text' "$KERR" sif dump 1 data.sif
  "$KERR" sif header data.sif | grep -q 'Descriptors Free:   46'
}

replaces_nothing() {
  echo mine >mine
  ln -s nowhere link
  expect_fatal 'exists already' "$KERR" sif new mine
  expect_fatal 'exists already' "$KERR" sif new link
  expect_equal mine "$(cat mine)"
  [ ! -e nowhere ]
  expect_fatal no/such "$KERR" sif new no/such/x.sif
  expect_fatal '' "$KERR" sif new ''
}

dumps_byte_for_byte() {
  "$KERR" sif dump 3 "$BUSYBOX" >partition
  tail -c +36865 "$BUSYBOX" | cmp - partition
  expect_fatal 'no object 9' "$KERR" sif dump 9 "$BUSYBOX"
  if [ -w /dev/full ]; then expect_failure 255 'standard output' sh -c "'$KERR' sif dump 3 '$BUSYBOX' >/dev/full"; fi
}

takes_standard_input_and_pipes() {
  small
  printf 'from a pipe' | "$KERR" sif add data.sif - --datatype 7
  expect_stdout 'from a pipe' "$KERR" sif dump 3 data.sif
  "$KERR" sif add data.sif <(printf 'from another') --datatype 7
  expect_stdout 'from another' "$KERR" sif dump 4 data.sif
  expect_silent "$KERR" sif add data.sif /proc/self/comm --datatype 7
  expect_stdout_contains Generic "$KERR" sif list data.sif
  expect_fatal itself sh -c "'$KERR' sif add data.sif - --datatype 7 <data.sif"
  expect_silent "$KERR" sif add data.sif data.sif --datatype 7
}

knows_every_type() {
  small
  expect_silent "$KERR" sif add data.sif text --datatype 5 --signhash 1 --link 0xf0000001 \
    --signentity 433FE984155206BD962725E20E8713472A879943
  expect_silent "$KERR" sif add data.sif text --datatype 9 --sbomformat spdx-json --link 2
  expect_silent "$KERR" sif add data.sif text --datatype 11 --alignment 512
  expect_stdout_contains '|1   (G) |32775-32782               |Signature (SHA-256)' "$KERR" sif list data.sif
  expect_contains '|2       |32782-32789               |SBOM (spdx-json)' "$STDOUT"
  expect_stdout_contains "sha256:$(sha256sum <text | cut -d ' ' -f 1)" "$KERR" sif info 5 data.sif
}

deletes() {
  small
  expect_silent "$KERR" sif del 1 data.sif
  grep -q 'a text' data.sif
  expect_silent "$KERR" sif add data.sif text --datatype 2
  expect_stdout_contains 'Env.Vars' "$KERR" sif info 1 data.sif
  expect_silent "$KERR" sif del --zero --compact 1 data.sif
  expect_equal 32775 "$(stat -c %s data.sif)"
  expect_silent "$KERR" sif del --compact 2 data.sif
  expect_equal 32176 "$(stat -c %s data.sif)"
}

sets_the_primary_partition() {
  small
  expect_silent "$KERR" sif setprim 2 data.sif
  expect_stdout_contains 'Squashfs/*System/amd64' "$KERR" sif list data.sif
  expect_stdout_contains 'Primary Architecture: amd64' "$KERR" sif header data.sif
  expect_silent "$KERR" sif setprim 2 data.sif
  expect_fatal 'no system partition' "$KERR" sif setprim 1 data.sif
  expect_fatal 'primary partition already, object 2' \
    "$KERR" sif add data.sif text --datatype 4 --parttype 2 --partfs 1 --partarch 2
}

runs_what_it_put_together() {
  "$KERR" sif dump 3 "$BUSYBOX" >partition
  expect_silent "$KERR" sif new put.sif
  expect_silent "$KERR" sif add put.sif partition --datatype 4 --parttype 2 --partfs 1 --partarch 2
  [ "$(uname -m)" = x86_64 ] || return 0
  expect_stdout works "$KERR" exec put.sif echo works
}

is_reproducible() {
  export SOURCE_DATE_EPOCH=1000000000
  small
  mv data.sif first.sif
  small
  cmp first.sif data.sif
  expect_stdout_contains '2001-09-09 01:46:40 +0000 UTC' "$KERR" sif header data.sif
  [[ $STDOUT != *'ID: '* ]]
}

# unchanged TEXT COMMAND…: the refusal, and data.sif stays as it is, to the byte.
unchanged() {
  local sum
  sum=$(sha256sum <data.sif)
  expect_fatal "$@"
  expect_equal "$sum" "$(sha256sum <data.sif)"
}

refuses_and_changes_nothing() {
  small
  unchanged 'no object 0' "$KERR" sif del 0 data.sif
  unchanged 'no object 3' "$KERR" sif del 3 data.sif
  unchanged 'no object 4294967295' "$KERR" sif setprim 4294967295 data.sif
  unchanged 'no such file' "$KERR" sif add data.sif none --datatype 1
  unchanged 'directory' "$KERR" sif add data.sif . --datatype 1
  expect_fatal 'none.sif does not exist' "$KERR" sif add none.sif text --datatype 1
  expect_fatal 'not a regular file' timeout 20 "$KERR" sif add /dev/null text --datatype 1
  expect_fatal 'text is no whole SIF file' "$KERR" sif del 1 text
  head -c 32774 data.sif >cut.sif
  expect_fatal truncated "$KERR" sif del 1 cut.sif
  expect_equal 32774 "$(stat -c %s cut.sif)"
}

refuses_wrong_words() {
  small
  sum=$(sha256sum <data.sif)
  expect_usage_error 'is no number' "$KERR" sif del one data.sif
  expect_usage_error 'is no number' "$KERR" sif del -- -1 data.sif
  expect_usage_error 'number of arguments' "$KERR" sif del data.sif
  expect_usage_error 'needs --datatype' "$KERR" sif add data.sif text
  expect_usage_error '1 to 11, not 12' "$KERR" sif add data.sif text --datatype 12
  expect_usage_error 'needs --partfs' "$KERR" sif add data.sif text --datatype 4
  expect_usage_error '40 hexadecimal' "$KERR" sif add data.sif text --datatype 5 --signhash 1 --signentity abc
  expect_usage_error 'goes with --datatype 4' "$KERR" sif add data.sif text --datatype 1 --partfs 1
  expect_usage_error 'is for sif del' "$KERR" sif list --zero data.sif
  expect_usage_error '--alignment' "$KERR" sif add data.sif text --datatype 1 --alignment -1
  expect_usage_error '128 bytes' "$KERR" sif add data.sif text --datatype 1 --filename "$(printf 'n%.0s' $(seq 129))"
  expect_equal "$sum" "$(sha256sum <data.sif)"
}

refuses_when_the_table_is_full() {
  # a file of one slot: what follows the first descriptor is as if it were not there
  small
  printf '\002' | dd of=data.sif bs=1 seek=88 conv=notrunc status=none
  printf '\000' | dd of=data.sif bs=1 seek=80 conv=notrunc status=none
  unchanged 'all 2 descriptors' "$KERR" sif add data.sif text --datatype 7
  expect_silent "$KERR" sif del 1 data.sif
  expect_silent "$KERR" sif add data.sif text --datatype 7
}

refuses_a_file_that_may_not_be_written() {
  is_root && return
  small
  chmod 444 data.sif
  unchanged 'permission denied' "$KERR" sif add data.sif text --datatype 7
  unchanged 'permission denied' "$KERR" sif del 1 data.sif
  expect_stdout 'a text' "$KERR" sif dump 1 data.sif
}

# The reader of the pipe does not come before the second editor has tried.
refuses_a_file_that_is_being_changed() {
  small
  mkfifo pipe
  "$KERR" sif add data.sif pipe --datatype 7 &
  exec 3>pipe # both ends are open: the editor has the lock
  expect_fatal 'being changed by another process' "$KERR" sif del 1 data.sif
  expect_stdout 'a text' "$KERR" sif dump 1 data.sif
  echo late >&3
  exec 3>&-
  wait
  expect_stdout late "$KERR" sif dump 3 data.sif
  expect_silent "$KERR" sif del 1 data.sif
}

leaves_no_half_of_an_object() {
  small
  head -c 5000000 /dev/zero >large
  unchanged 'cannot change image data.sif' bash -c "ulimit -f 1000; '$KERR' sif add data.sif large --datatype 7"
  expect_equal 32775 "$(stat -c %s data.sif)"
}

survives_being_killed() {
  local editor
  small
  mkfifo pipe
  "$KERR" sif add data.sif pipe --datatype 7 &
  editor=$!
  exec 3>pipe
  head -c 300000 /dev/zero >&3
  kill -KILL $editor
  wait $editor || true
  exec 3>&-
  expect_stdout 'a text' "$KERR" sif dump 1 data.sif
  expect_equal 2 "$("$KERR" sif list data.sif | grep -c '^[1-9]')"
  expect_silent "$KERR" sif add data.sif text --datatype 7
  expect_stdout 'a text' "$KERR" sif dump 3 data.sif
}

it 'lists the objects' lists_objects
it 'lists them as JSON' lists_as_json
it 'shows the header' shows_the_header
it 'shows an object' shows_an_object
it 'lists what kerr built' lists_what_it_built
it 'refuses what is no SIF' refuses_other_files
it 'makes a file and adds to it' makes_a_file
it 'replaces nothing by a new file' replaces_nothing
it 'dumps an object byte for byte' dumps_byte_for_byte
it 'takes objects from standard input, pipes and the file itself' takes_standard_input_and_pipes
it 'adds signatures, bills of materials and OCI blobs' knows_every_type
it 'deletes, zeroes and compacts' deletes
it 'sets the primary partition' sets_the_primary_partition
it 'runs an image that it put together' runs_what_it_put_together
it 'is reproducible with SOURCE_DATE_EPOCH' is_reproducible
it 'refuses and changes nothing' refuses_and_changes_nothing
it 'refuses words that are wrong' refuses_wrong_words
it 'refuses to add to a full table' refuses_when_the_table_is_full
by_one user 'refuses a file that may not be written' refuses_a_file_that_may_not_be_written
it 'refuses a file that another process is changing' refuses_a_file_that_is_being_changed
it 'leaves no half of an object when there is no room' leaves_no_half_of_an_object
it 'leaves a good file when it is killed' survives_being_killed
