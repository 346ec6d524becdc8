#!/usr/bin/env bash
# Help: the same text however it is asked for; manual pages and completions from the same table.
. "$(dirname "$0")/lib.sh"
. "$E2E/fixtures/common.sh"

COMMANDS='build exec run shell test inspect sif config doctor version help'
SHARE=$(dirname "$(dirname "$(readlink -f "$KERR")")")/share

helps_with_each_command() {
  local command
  for command in $COMMANDS; do
    run "$KERR" help "$command"
    expect_equal "0 " "$STATUS $STDERR"
    expect_contains Usage: "$STDOUT"
    expect_stdout "$STDOUT" "$KERR" "$command" --help
    expect_stdout "$STDOUT" "$KERR" "$command" -h
  done
}

helps_in_general() {
  local command
  run "$KERR" help
  expect_equal "0 " "$STATUS $STDERR"
  for command in $COMMANDS; do expect_contains "  $command " "$STDOUT"; done
  expect_stdout "$STDOUT" "$KERR" --help
  expect_stdout "$STDOUT" "$KERR" -h
  expect_status 1 "$KERR"
}

helps_without_an_image() {
  expect_stdout_contains Usage: "$KERR" exec --help /no/such.sif
  expect_stdout_contains --bind "$KERR" exec --cleanenv --help
}

leaves_the_payload_its_help() {
  expect_stdout --help "$KERR" exec "$BUSYBOX" echo --help
}

refuses_what_it_does_not_know() {
  expect_usage_error nonsense "$KERR" nonsense
  expect_usage_error nonsense "$KERR" help nonsense
  expect_usage_error --nonsense "$KERR" --nonsense exec "$BUSYBOX" true
  expect_usage_error --nonsense "$KERR" exec --nonsense "$BUSYBOX" true
  expect_usage_error -Z "$KERR" exec -Z "$BUSYBOX" true
  expect_usage_error --bind "$KERR" exec --bind
  expect_usage_error image "$KERR" exec
  expect_usage_error command "$KERR" exec "$BUSYBOX"
  expect_usage_error '' "$KERR" build out.sif
  expect_usage_error '' "$KERR" inspect
  expect_usage_error cleanenv "$KERR" exec --cleanenv=maybe "$BUSYBOX" true
}

takes_options_in_each_spelling() {
  mkdir data
  echo content >data/file
  for option in "--bind=$PWD/data:/mnt" "-B$PWD/data:/mnt" "-B=$PWD/data:/mnt"; do
    expect_stdout content "$KERR" exec "$option" "$BUSYBOX" cat /mnt/file
  done
  expect_stdout content "$KERR" -q exec -eB "$PWD/data:/mnt" "$BUSYBOX" cat /mnt/file
  expect_stdout 1 env FOO=1 "$KERR" exec --cleanenv=false "$BUSYBOX" sh -c 'echo $FOO'
}

has_manual_pages() {
  local command
  for command in $COMMANDS; do
    [ "$command" = help ] || [ -s "$SHARE/man/man1/kerr-$command.1" ] || e2e_unexpected "there is no manual page of $command"
  done
  grep -q cleanenv "$SHARE/man/man1/kerr-exec.1"
}

completes_in_bash() {
  run bash -c 'for file in "$0"/*; do . "$file"; done
    COMP_WORDS=(kerr exec --clean) COMP_CWORD=2 COMP_LINE="kerr exec --clean" COMP_POINT=17
    "$(complete -p kerr | sed "s/.*-F \([^ ]*\).*/\1/")" kerr --clean exec && echo "${COMPREPLY[@]}"' "$SHARE/bash-completion/completions"
  expect_contains --cleanenv "$STDOUT"
}

has_completions_for_other_shells() {
  grep -q cleanenv "$SHARE/zsh/site-functions/_kerr"
  grep -q cleanenv "$SHARE/fish/vendor_completions.d/kerr.fish"
}

it 'helps with each command, however it is asked' helps_with_each_command
it 'helps in general' helps_in_general
it 'helps without an image' helps_without_an_image
it 'leaves the payload its own --help' leaves_the_payload_its_help
it 'refuses what it does not know, with usage' refuses_what_it_does_not_know
it 'takes options in each spelling' takes_options_in_each_spelling
if [ -d "$SHARE" ]; then
  it 'has manual pages' has_manual_pages
  it 'completes in bash' completes_in_bash
  it 'has completions for other shells' has_completions_for_other_shells
else
  skip 'has manual pages and completions' 'this installation has no share directory'
fi
