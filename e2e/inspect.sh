#!/usr/bin/env bash
# kerr inspect: what an image says of itself, the same for a SIF and for its sandbox.
. "$(dirname "$0")/lib.sh"
EITHER=yes
. "$E2E/fixtures/common.sh"

APPS=$IMAGES/apps.sif

shows_labels() {
  expect_stdout_contains 'my.label: value' "$KERR" inspect "$APPS"
  expect_stdout "$("$KERR" inspect "$APPS")" "$KERR" inspect --labels "$APPS"
  expect_stdout "$("$KERR" inspect "$APPS")" "$KERR" inspect -l "$APPS"
}

shows_each_part() {
  expect_stdout_contains 'Bootstrap: localimage' "$KERR" inspect --deffile "$APPS"
  expect_stdout_contains 'echo "run: $@"' "$KERR" inspect -r "$APPS"
  expect_stdout_contains 'exec sleep 1000' "$KERR" inspect -s "$APPS"
  expect_stdout_contains 'test -f /greeting' "$KERR" inspect -t "$APPS"
  expect_stdout_contains 'export GREETING="hello world"' "$KERR" inspect -e "$APPS"
  expect_stdout_contains 'An image with every section.' "$KERR" inspect -H "$APPS"
  expect_stdout foo "$KERR" inspect --list-apps "$APPS"
  expect_stdout_contains 'appname: foo' "$KERR" inspect --app foo "$APPS"
}

is_the_same_for_a_sandbox() {
  local option
  export SOURCE_DATE_EPOCH=1000000000
  printf 'Bootstrap: localimage\nFrom: %s\n%%labels\n  A b\n%%help\n  Help.\n%%test\n  true\n%%apprun foo\n  true\n' "$BUSYBOX" >image.def
  "$KERR" build image.sif image.def
  "$KERR" build --sandbox box image.def
  for option in --labels --json --all -d -r -s -t -e -H --list-apps; do
    run "$KERR" inspect "$option" box
    expect_equal 0 "$STATUS"
    expect_stdout "$STDOUT" "$KERR" inspect "$option" image.sif
  done
}

shows_json() {
  expect_stdout_contains '"my.label": "value"' "$KERR" inspect --json "$APPS"
  expect_stdout_contains '"type": "container"' "$KERR" inspect -j "$APPS"
  expect_stdout_contains '"runscript"' "$KERR" inspect --json --runscript "$APPS"
  expect_stdout_contains '"deffile"' "$KERR" inspect --all "$APPS"
  if command -v python3 >/dev/null; then
    "$KERR" inspect --all "$APPS" | python3 -c 'import json, sys; json.load(sys.stdin)'
  fi
}

says_what_there_is_not() {
  run "$KERR" inspect --helpfile "$BUSYBOX"
  expect_equal '0 ' "$STATUS $STDOUT"
  expect_fatal nope "$KERR" inspect --app nope "$APPS"
  expect_fatal '/no/such.sif' "$KERR" inspect /no/such.sif
}

never_runs_the_image() {
  mkdir -p box/.singularity.d/env box/.singularity.d/actions box/bin
  for file in box/bin/sh box/.singularity.d/env/90-environment.sh box/.singularity.d/runscript; do
    printf '#!/bin/sh\ntouch "%s/ran"\n' "$PWD" >$file
    chmod +x $file
  done
  expect_status 0 "$KERR" inspect --all box
  [ ! -e ran ]
}

it 'shows the labels' shows_labels
it 'shows each part' shows_each_part
it 'shows the same for a sandbox' is_the_same_for_a_sandbox
it 'shows JSON' shows_json
it 'says what there is not' says_what_there_is_not
it 'never runs anything of the image' never_runs_the_image
