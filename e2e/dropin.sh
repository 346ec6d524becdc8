#!/usr/bin/env bash
# The field's names for this program: singularity, apptainer, and run-singularity, which an executable SIF asks for.
. "$(dirname "$0")/lib.sh"
. "$E2E/fixtures/common.sh"

BIN=$(dirname "$(readlink -f "$KERR")")

runs_commands_by_each_name() {
  local name
  for name in singularity apptainer; do
    expect_equal kerr "$(readlink "$BIN/$name")"
    expect_stdout 'a b' "$BIN/$name" exec "$BUSYBOX" echo 'a b'
    expect_status 42 "$BIN/$name" exec "$BUSYBOX" sh -c 'exit 42'
    expect_stdout_contains 'kerr exec' "$BIN/$name" help exec
    expect_fatal 'no-such.sif' "$BIN/$name" exec no-such.sif true
  done
}

says_what_it_is() {
  local name
  for name in singularity apptainer; do
    expect_stdout "kerr version $("$KERR" version)" "$BIN/$name" --version
    expect_stdout "$("$KERR" version)" "$BIN/$name" version
  done
}

# A script of a user's, written for the peers.
runs_in_a_script() {
  printf '#!/bin/sh\nset -e\napptainer exec -B "$PWD:/mnt" "$1" ls /mnt\nsingularity exec "$1" echo "$SINGULARITYENV_X"\n' >job
  mkdir here
  touch here/file
  cd here
  expect_stdout $'file\nset' env PATH="$BIN:$PATH" SINGULARITYENV_X=set sh ../job "$BUSYBOX"
}

# shellcheck disable=SC2016
make_image() {
  build "$SCRATCH/run.sif" <<END
Bootstrap: localimage
From: $BUSYBOX
%runscript
    for word do echo "<\$word>"; done
    [ "\${1-}" != fail ] || exit 42
END
}

runs_an_image_by_its_name() {
  cp "$SCRATCH/run.sif" './-image $x.sif'
  PATH=$BIN:$PATH
  expect_stdout $'<a b>\n<>\n<--help>\n<*>' './-image $x.sif' 'a b' '' --help '*'
  expect_status 42 "$PWD/-image \$x.sif" fail
}

# A link in a directory of the path, relative, as `cd /usr/bin && ln -s ../../opt/kerr/bin/* .` makes them.
finds_itself_through_links() {
  local name
  mkdir names
  for name in kerr apptainer run-singularity; do ln -s "$(realpath --relative-to=names "$BIN/$name")" "names/$name"; done
  cp "$SCRATCH/run.sif" image.sif
  expect_stdout '<a>' env PATH="names:$PATH" ./image.sif a
  expect_stdout x env PATH="names:$PATH" apptainer exec "$BUSYBOX" echo x
}

it 'runs commands by each name' runs_commands_by_each_name
it 'says what it is by each name' says_what_it_is
it 'takes the place of the peers in a script' runs_in_a_script
it 'can build an image with a runscript' make_image
it 'runs an image by its own name' runs_an_image_by_its_name
it 'finds itself through links' finds_itself_through_links
