#!/usr/bin/env bash
# kerr version: the number alone, for scripts; kerr --version: a line for people.
. "$(dirname "$0")/lib.sh"

prints_a_semantic_version() {
  run "$KERR" version
  expect_equal 0 "$STATUS"
  [[ $STDOUT =~ ^[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?$ ]] || e2e_unexpected "not a semantic version: $STDOUT"
}

names_itself() {
  run "$KERR" --version
  expect_equal "kerr version $("$KERR" version)" "$STDOUT"
}

it 'prints a semantic version' prints_a_semantic_version
it 'names itself and its version' names_itself
