#!/usr/bin/env bash
# Bad input: status 255 and one line that names the thing, nothing else said, nothing made, nothing left.
# shellcheck disable=SC2164 # a case ends at its first failing command
. "$(dirname "$0")/lib.sh"
EITHER=yes
. "$E2E/fixtures/common.sh"

# refused TEXT COMMAND…: the refusal, and what it leaves.
refused() {
  expect_no_leftovers expect_fatal "$@"
  expect_fatal "$@"
}

# refused_everywhere TEXT IMAGE: by every command that opens an image.
refused_everywhere() {
  local text=$1 image=$2
  refused "$text" timeout 20 "$KERR" exec "$image" true
  expect_fatal "$text" timeout 20 "$KERR" run "$image"
  expect_fatal "$text" timeout 20 "$KERR" shell "$image"
  expect_fatal "$text" timeout 20 "$KERR" test "$image"
  expect_fatal "$text" timeout 20 "$KERR" inspect "$image"
  expect_fatal "$text" timeout 20 "$KERR" build out.sif "$image"
  expect_fatal "$text" timeout 20 "$KERR" build --sandbox out "$image"
  printf 'Bootstrap: localimage\nFrom: %s\n' "$image" >from.def
  expect_fatal "$text" timeout 20 "$KERR" build out.sif from.def
  [ ! -e out.sif ] && [ ! -e out ]
}

# put FILE OFFSET BYTES: overwrites bytes, given as printf takes them.
put() {
  # shellcheck disable=SC2059
  printf "$3" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}

a_missing_file() {
  refused_everywhere no-such.sif no-such.sif
  refused_everywhere no/such/image.sif no/such/image.sif
  expect_fatal '' "$KERR" exec '' true
}

an_empty_file() {
  : >empty.sif
  refused_everywhere empty.sif empty.sif
}

a_text_file() {
  echo 'just a text' >text.sif
  refused text.sif "$KERR" exec text.sif true
  expect_fatal text.sif "$KERR" inspect text.sif
  expect_fatal text.sif "$KERR" build out.sif text.sif
  printf '#!/bin/sh\necho run\n' >script.sif
  refused script.sif "$KERR" exec script.sif true
}

a_truncated_sif() {
  local bytes
  for bytes in 1 31 32 42 64 127 128 500 32176 36863 36864 36900 40000 500000 1000000; do
    head -c $bytes "$BUSYBOX" >cut.sif
    expect_fatal cut.sif timeout 20 "$KERR" exec cut.sif true
    expect_fatal cut.sif timeout 20 "$KERR" build out.sif cut.sif
    [ ! -e out.sif ]
  done
  refused_everywhere cut.sif cut.sif
}

a_sif_of_many_descriptors() {
  cp "$BUSYBOX" many.sif
  put many.sif 88 '\000\000\000\200\000\000\000\000'
  refused_everywhere many.sif many.sif
  put many.sif 88 '\377\377\377\377\377\377\377\377'
  refused_everywhere many.sif many.sif
}

a_sif_of_senseless_offsets() {
  local at
  for at in 96 104 112 120; do
    cp "$BUSYBOX" odd.sif
    put odd.sif $at '\377\377\377\377\377\377\377\177'
    run timeout 20 "$KERR" exec odd.sif true
    [ "$STATUS" = 0 ] || expect_fatal odd.sif timeout 20 "$KERR" exec odd.sif true
  done
}

# Every 32-bit word of the SquashFS superblock in turn is all ones, or zero.
a_squashfs_with_a_damaged_superblock() {
  local at
  for at in 4 12 20 24 32 40 48 64 72 80 88; do
    cp "$BUSYBOX" odd.sif
    put odd.sif $((36864 + at)) '\377\377\377\377'
    run timeout 20 "$KERR" exec odd.sif true
    case $STATUS in
      0) ;;
      *) expect_fatal odd.sif timeout 20 "$KERR" exec odd.sif true ;;
    esac
  done
}

a_squashfs_of_noise() {
  { head -c 36960 "$BUSYBOX"; head -c 1044384 /dev/urandom; } >noise.sif
  refused_everywhere noise.sif noise.sif
}

a_fifo() {
  mkfifo fifo.sif
  refused_everywhere fifo.sif fifo.sif
}

a_device() {
  refused /dev/null "$KERR" exec /dev/null true
  refused /dev/zero timeout 20 "$KERR" exec /dev/zero true
}

a_file_that_may_not_be_read() {
  is_root && return
  cp "$BUSYBOX" closed.sif
  chmod 0 closed.sif
  refused_everywhere closed.sif closed.sif
  mkdir closed
  chmod 0 closed
  refused closed "$KERR" exec closed true
  refused closed/x "$KERR" exec closed/x true
  chmod 700 closed
}

a_loop_of_links() {
  ln -s loop loop
  refused loop "$KERR" exec loop true
}

the_hosts_root() { refused '/' "$KERR" exec / true; }

another_architecture() {
  cp "$BUSYBOX" other.sif
  put other.sif 45 '04\000'
  refused arm64 "$KERR" exec other.sif true
  expect_contains other.sif "$STDERR"
  expect_contains amd64 "$STDERR"
}

an_image_without_a_shell() {
  mkdir -p empty/bin
  refused 'executable file not found' "$KERR" exec empty true
  refused /bin/sh "$KERR" shell empty
  refused 'no runscript and no /bin/sh' "$KERR" run empty
}

an_encrypted_image() { refused encrypted "$KERR" exec "$IMAGES/gocryptfs.sif" true; }

an_image_of_elsewhere() {
  local uri
  for uri in library://x/y shub://x instance://x http://127.0.0.1:1/y.sif docker-daemon:x; do
    expect_failure 255 "${uri%%:*}" "$KERR" --quiet exec "$uri" true
  done
  for uri in docker-archive:x.tar oci:x oci-archive:x; do
    expect_failure 255 'no' "$KERR" --quiet exec "$uri" true
  done
}

a_command_that_is_not_there() {
  refused no-such-command "$KERR" exec "$BUSYBOX" no-such-command
  refused /no/such/command "$KERR" exec "$BUSYBOX" /no/such/command
}

a_bind_source_that_is_not_there() {
  refused /no/such/source "$KERR" exec --bind /no/such/source:/mnt "$BUSYBOX" true
}

an_unknown_bootstrap() {
  printf 'Bootstrap: nonsense\nFrom: x\n' >bad.def
  refused nonsense "$KERR" build out.sif bad.def
  printf 'Bootstrap: docker\nFrom: alpine\n' >bad.def
  refused docker "$KERR" build out.sif bad.def
  [ ! -e out.sif ]
}

an_unknown_section() {
  printf 'Bootstrap: scratch\n%%nonsense\n  x\n' >bad.def
  refused nonsense "$KERR" build out.sif bad.def
  [ ! -e out.sif ]
}

a_definition_of_nothing() {
  : >empty.def
  refused empty.def "$KERR" build out.sif empty.def
  printf '\377\376\n' >binary.def
  refused binary.def "$KERR" build out.sif binary.def
  refused no-such.def "$KERR" build out.sif no-such.def
  printf 'From: x\n' >headless.def
  refused headless.def "$KERR" build out.sif headless.def
}

a_target_that_cannot_be() {
  refused no/such/directory "$KERR" build no/such/directory/out.sif "$BUSYBOX"
  refused /proc/out.sif "$KERR" build /proc/out.sif "$BUSYBOX"
  refused tmpdir "$KERR" build --tmpdir /no/such out.sif "$BUSYBOX"
  [ ! -e out.sif ]
}

a_configuration_that_is_wrong() {
  echo 'mount nonsense = yes' >kerr.conf
  if is_root || [ -w kerr.conf ]; then refused kerr.conf "$KERR" --config "$PWD/kerr.conf" exec "$BUSYBOX" true; fi
  refused no-such.conf "$KERR" --config "$PWD/no-such.conf" exec "$BUSYBOX" true
}

a_user_without_sub_ids() {
  # as somebody whom /etc/subuid does not know
  mkdir work
  cp "$BUSYBOX" work/image.sif
  chmod -R a+rwX . "$SCRATCH"
  cd work
  expect_status 0 env TMPDIR="$PWD" setpriv --reuid 64242 --regid 64242 --clear-groups "$KERR" build out.sif image.sif
  expect_contains 'root in the container has one id' "$STDERR"
  expect_equal $'image.sif\nout.sif' "$(ls -A)"
}

contradicting_options() {
  sandbox
  refused --writable "$KERR" exec --writable --writable-tmpfs "$SANDBOX" true
}

# What a version cannot do yet is refused by name, never skipped.
options_that_are_not_yet_available() {
  local option
  for option in --fusemount=x --containlibs=x --underlay --unsquash --runscript-timeout=1s --passphrase --pem-path=x; do
    expect_fatal "${option%%=*}" "$KERR" exec "$option" "$BUSYBOX" true
    expect_contains 'not yet available' "$STDERR"
  done
  for option in --encrypt --passphrase --remote --detached --builder=x --reproducible; do
    expect_fatal "${option%%=*}" "$KERR" build "$option" out.sif "$BUSYBOX"
    expect_contains 'not yet available' "$STDERR"
  done
  [ ! -e out.sif ]
}

# The same, asked for by variables; blank and false ones ask for nothing.
variables_that_are_not_yet_available() {
  local name
  for name in FUSESPEC UNDERLAY PID_FILE FAKE; do
    case $name in
      PID_FILE | FAKE) expect_status 0 env "SINGULARITY_$name=1" "$KERR" exec "$BUSYBOX" true ;;
      *) expect_fatal "$name" env "SINGULARITY_$name=1" "$KERR" exec "$BUSYBOX" true ;;
    esac
  done
  expect_silent env SINGULARITY_FUSESPEC= APPTAINER_UNDERLAY=' ' "$KERR" exec "$BUSYBOX" true
  expect_silent env SINGULARITY_UNSQUASH=false APPTAINER_UNDERLAY=0 "$KERR" exec "$BUSYBOX" true
}

commands_that_are_not_yet_available() {
  local command
  for command in sign verify key plugin run-help search delete; do
    expect_fatal "$command" "$KERR" $command
  done
}

# Messages are for a terminal: what a path holds must not act on it.
names_that_act_on_terminals() {
  run "$KERR" exec $'no\e[31m\nsuch\x07.sif' true
  expect_equal 255 "$STATUS"
  expect_equal 1 "$(grep -c '' <<<"$STDERR")"
  case $STDERR in *$'\e'* | *$'\x07'*) e2e_show 'a control character reached the terminal' ;; esac
}

it 'refuses a missing file' a_missing_file
it 'refuses an empty file' an_empty_file
it 'refuses a text file' a_text_file
it 'refuses a SIF truncated anywhere' a_truncated_sif
it 'refuses a SIF of 2^31 descriptors' a_sif_of_many_descriptors
it 'refuses a SIF of senseless offsets' a_sif_of_senseless_offsets
it 'refuses a SquashFS with a damaged superblock' a_squashfs_with_a_damaged_superblock
it 'refuses a SquashFS of noise' a_squashfs_of_noise
it 'refuses a FIFO' a_fifo
it 'refuses a device' a_device
if is_root; then
  skip 'refuses a file that may not be read' 'root may read all'
else
  always 'refuses a file that may not be read' a_file_that_may_not_be_read
fi
it 'refuses a loop of links' a_loop_of_links
it "refuses the host's root as an image" the_hosts_root
it 'refuses another architecture' another_architecture
it 'refuses an image without what it is to start' an_image_without_a_shell
it 'refuses an encrypted image' an_encrypted_image
it 'refuses images that it cannot fetch' an_image_of_elsewhere
it 'refuses a command that is not in the image' a_command_that_is_not_there
it 'refuses a bind source that does not exist' a_bind_source_that_is_not_there
it 'refuses an unknown bootstrap' an_unknown_bootstrap
it 'refuses an unknown section' an_unknown_section
it 'refuses what is no definition' a_definition_of_nothing
it 'refuses a target that cannot be' a_target_that_cannot_be
it 'refuses a wrong configuration' a_configuration_that_is_wrong
if is_root; then
  always 'builds for a user without sub-ids' a_user_without_sub_ids
else
  skip 'builds for a user without sub-ids' 'only root may become one'
fi
it 'refuses options that contradict each other' contradicting_options
it 'refuses options that are not yet available' options_that_are_not_yet_available
it 'refuses variables that ask for what is not yet available' variables_that_are_not_yet_available
it 'refuses commands that are not yet available' commands_that_are_not_yet_available
it 'prints no control characters of names' names_that_act_on_terminals
