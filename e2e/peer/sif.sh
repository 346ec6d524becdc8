#!/usr/bin/env bash
# kerr sif beside apptainer sif: the same files are shown alike, and the same commands make the same file.
#
#   APPTAINER='apptainer' e2e/peer/sif.sh
#
# APPTAINER may have words in front, such as those of a program that enters another root. If it does not see the paths
# of this host, PEER_SHARE names a directory that it shares, and PEER_SEES what that is called there:
#
#   APPTAINER='enter-peer apptainer' PEER_SHARE=/var/tmp/peer PEER_SEES=/share e2e/peer/sif.sh
#
# MORE_IMAGES may name a directory of further SIF files to compare.
peer=${APPTAINER:-}
for name in $(compgen -e | grep -E '^(KERR|APPTAINER|SINGULARITY)_'); do unset "$name"; done
. "$(dirname "$0")/../lib.sh"

if [ -z "$peer" ]; then
  skip 'kerr sif and apptainer sif agree' 'APPTAINER names no program'
  exit
fi
share=$(mktemp -d "${PEER_SHARE:-$SCRATCH}/kerr-peer-XXXXXX")
chmod 755 "$share"
sees=$share
[ -z "${PEER_SEES:-}" ] || sees=$PEER_SEES/${share##*/}

# A case's commands are run by either program: kerr_sif VERB…, peer_sif VERB…; names are those in the share.
kerr_sif() { (cd "$share" && "$KERR" sif "$@"); }

# The peer sees files of the share as $sees/NAME: every word that names one is changed.
peer_sif() {
  local words=() word
  for word in "$@"; do
    if [ -e "$share/$word" ] || [[ $word == *.sif ]]; then words+=("$sees/$word"); else words+=("$word"); fi
  done
  # shellcheck disable=SC2086 # APPTAINER may be several words
  $peer sif "${words[@]}"
}

# same VERB…: both succeed and print the same, byte for byte.
same() {
  kerr_sif "$@" >"$SCRATCH/.kerr"
  peer_sif "$@" >"$SCRATCH/.peer"
  cmp "$SCRATCH/.kerr" "$SCRATCH/.peer" || {
    diff "$SCRATCH/.peer" "$SCRATCH/.kerr"
    e2e_unexpected "kerr and its peer differ in: sif $*"
  }
}

# both_refuse IMAGE VERB…: neither succeeds, and kerr leaves the file as it is. The peer may leave data at its end.
both_refuse() {
  local image=$1
  shift
  cp "$share/$image" before
  if kerr_sif "$@" >/dev/null; then e2e_unexpected "kerr did not refuse: sif $*"; fi
  cmp "$share/$image" before
  if peer_sif "$@" >/dev/null; then e2e_unexpected "the peer did not refuse: sif $*"; fi
}

shown_alike() {
  local image=$1 id
  same list "$image"
  same header "$image"
  for id in $(kerr_sif list "$image" | sed -n 's/^\([0-9][0-9]*\) .*/\1/p'); do
    same info "$id" "$image"
    same dump "$id" "$image"
  done
}

fixture_shown_alike() {
  cp "$1" "$share/fixture.sif"
  shown_alike fixture.sif
}

# One object of each type, some taken out again, and the primary partition changed. $1 runs the commands, on image $2.
edits() {
  local run=$1 image=$2
  "$run" new "$image"
  "$run" add "$image" text --datatype 1 --groupid 1 --filename deffile
  "$run" add "$image" block --datatype 4 --parttype 1 --partfs 1 --partarch 4 --groupid 1
  "$run" add "$image" block --datatype 4 --parttype 2 --partfs 2 --partarch 2 --groupid 1 --alignment 512
  "$run" add "$image" text --datatype 2
  "$run" add "$image" text --datatype 3 --link 2
  "$run" add "$image" text --datatype 5 --signhash 3 --link 0xf0000001 \
    --signentity 433FE984155206BD962725E20E8713472A879943
  "$run" add "$image" empty --datatype 6 --filename empty.json
  "$run" add "$image" block --datatype 7 --alignment 1000
  "$run" del 4 "$image"
  "$run" add "$image" text --datatype 8 --groupid 0x10
  "$run" add "$image" text --datatype 9 --sbomformat spdx-tag-value
  "$run" add "$image" text --datatype 9 --sbomformat github
  "$run" add "$image" block --datatype 10 --groupid 2
  "$run" add "$image" block --datatype 11 --groupid 2
  "$run" add "$image" empty --datatype 4 --parttype 3 --partfs 6 --partarch 12
  "$run" setprim 2 "$image"
  "$run" setprim 2 "$image"
  "$run" del 3 "$image"
  "$run" del 13 "$image"
}

make_inputs() {
  printf 'bootstrap: scratch\n' >"$share/text"
  seq 1 900 >"$share/block"
  : >"$share/empty"
}

# masked FILE: the image without what differs from one making to the next: id, and all times.
masked() {
  local slot
  cp "$share/$1" masked
  zeros 48 32
  for slot in $(seq 0 47); do zeros $((4096 + slot * 585 + 41)) 16; done
  sha256sum <masked
}

zeros() { head -c "$2" /dev/zero | dd of=masked bs=1 seek="$1" conv=notrunc status=none; }

the_peers_is_read() {
  edits peer_sif theirs.sif
  shown_alike theirs.sif
}

the_peer_reads_ours() {
  edits kerr_sif ours.sif
  shown_alike ours.sif
}

both_are_the_same_file() {
  expect_equal "$(stat -c '%a %s' "$share/theirs.sif")" "$(stat -c '%a %s' "$share/ours.sif")"
  expect_equal "$(masked theirs.sif)" "$(masked ours.sif)"
}

each_edits_the_others() {
  kerr_sif add theirs.sif text --datatype 7
  peer_sif add ours.sif text --datatype 7
  both_are_the_same_file
  kerr_sif del 2 theirs.sif
  peer_sif del 2 ours.sif
  both_are_the_same_file
  kerr_sif add theirs.sif block --datatype 4 --parttype 2 --partfs 1 --partarch 11
  peer_sif add ours.sif block --datatype 4 --parttype 2 --partfs 1 --partarch 11
  both_are_the_same_file
  shown_alike ours.sif
}

both_refuse_the_same() {
  both_refuse ours.sif del 40 ours.sif
  both_refuse ours.sif del 0 ours.sif
  both_refuse ours.sif del x ours.sif
  both_refuse ours.sif info 40 ours.sif
  both_refuse ours.sif dump 40 ours.sif
  both_refuse ours.sif setprim 1 ours.sif
  both_refuse ours.sif add ours.sif block --datatype 4 --parttype 2 --partfs 1 --partarch 2
  both_refuse ours.sif add ours.sif block --datatype 4 --parttype 1 --partfs 1
  both_refuse ours.sif add ours.sif block --datatype 12
  both_refuse ours.sif add ours.sif block
  both_refuse ours.sif add ours.sif block --datatype 5 --signhash 1 --signentity abc
  both_refuse ours.sif add ours.sif block --datatype 9 --sbomformat nonsense
  both_refuse ours.sif add ours.sif block --datatype 7 --link 0
  both_refuse ours.sif add ours.sif block --datatype 7 --filename "$(printf 'n%.0s' $(seq 129))"
}

runs_what_kerr_changed() {
  cp "$IMAGES/busybox.sif" "$share/run.sif"
  kerr_sif add run.sif text --datatype 7
  kerr_sif del 1 run.sif
  # shellcheck disable=SC2086
  expect_stdout works $peer exec "$sees/run.sif" echo works
}

peer_runs() {
  cp "$IMAGES/busybox.sif" "$share/plain.sif"
  # shellcheck disable=SC2086
  $peer exec "$sees/plain.sif" true 2>/dev/null </dev/null
}

make_inputs
for image in "$IMAGES"/*.sif "$E2E"/../kerr/src/test/resources/dev/kerr/sif/*.sif ${MORE_IMAGES:+"$MORE_IMAGES"/*.sif}; do
  it "shows ${image##*/} alike" fixture_shown_alike "$image"
done
it 'shows what the peer made and changed' the_peers_is_read
it 'makes what the peer shows alike' the_peer_reads_ours
it 'makes the same file by the same commands, but for id and times' both_are_the_same_file
it "edits the peer's files as the peer does, and the other way round" each_edits_the_others
it 'refuses what the peer refuses' both_refuse_the_same
if peer_runs; then
  it 'leaves an image that the peer runs' runs_what_kerr_changed
else
  skip 'leaves an image that the peer runs' 'here it runs none'
fi
rm -rf "$share"
