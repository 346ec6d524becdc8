# The vocabulary of the end-to-end scripts. Each e2e/NAME.sh starts with
#
#   . "$(dirname "$0")/lib.sh"
#
# and is a list of cases:
#
#   it 'prints its version' expect_stdout 'kerr 1.2.3' "$KERR" version
#   it 'keeps files of the home directory' home_is_kept          # a function; its first failing command fails the case
#   skip 'mounts by loop device' 'only root may'
#
# Each case runs in a subshell with `set -eu`, standard input from /dev/null, in a working directory of its own. A case
# that fails prints what its commands printed. The script ends with what it counted, in the order it was written.
#
# Given:  KERR      the installed program            IMAGES    the directory of small ready images (busybox.sif, …)
#         EXAMPLES  the directory of definition files  SCRATCH  a directory of this script, removed at its end
#
# shellcheck shell=bash

E2E=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
KERR=${KERR:-${E2E%/*}/build/dist/bin/kerr}
IMAGES=${E2E%/*}/kerr/src/test/resources/images
EXAMPLES=${E2E%/*}/examples
SCRATCH=$(mktemp -d "${TMPDIR:-/var/tmp}/kerr-e2e-XXXXXX")
E2E_SCRIPT=$(basename "$0" .sh)
E2E_PASSED=0 E2E_FAILED=0 E2E_SKIPPED=0
# What a launch leaves mounted for the next is soon gone, and so not taken for what is left for good.
export KERR_SHARED_MOUNT_LINGER=1
export KERR IMAGES EXAMPLES SCRATCH

# The image and its FUSE server, temporary files and all else of one user must not be found by the next script.
e2e_end() {
  local status=$?
  cd / || exit 1
  chmod -R u+rwX "$SCRATCH" 2>/dev/null
  rm -rf --one-file-system "$SCRATCH"
  if [ "$status" != 0 ]; then
    echo "not ok $E2E_SCRIPT: the script itself ended with status $status"
    E2E_FAILED=$((E2E_FAILED + 1))
  fi
  echo "# $E2E_SCRIPT: $E2E_PASSED passed, $E2E_FAILED failed, $E2E_SKIPPED skipped"
  [ "$E2E_FAILED" = 0 ] || exit 1
  exit 0
}
trap e2e_end EXIT

# Prints the line of the script that failed: the innermost frame outside this file.
e2e_where() {
  local i
  for ((i = 1; i < ${#BASH_SOURCE[@]}; i++)); do
    if [[ ${BASH_SOURCE[i]} != */lib.sh ]]; then
      echo "at: ${BASH_SOURCE[i]##*/}:${BASH_LINENO[i - 1]}"
      return
    fi
  done
}

# it NAME COMMAND…: one case. Where root and an ordinary user run all scripts, one after the other (E2E_DIVIDED), each of
# them runs half of those in a script that says EITHER=yes: who runs them makes no difference there.
it() {
  if [ -z "${EITHER-}" ]; then
    always "$@"
  elif [ $(($(cksum <<<"$E2E_SCRIPT $1" | cut -d' ' -f1) % 2)) = 0 ]; then
    by_one root "$@"
  else
    by_one user "$@"
  fi
}

# by_one root|user NAME COMMAND…: a case that takes long, and is the same whoever runs it: that one of both shows it.
by_one() {
  local who=user
  if is_root; then who=root; fi
  if [ -z "${E2E_DIVIDED-}" ] || [ "$1" = $who ]; then
    always "${@:2}"
  else
    skip "$2" "$(is_root && echo 'the ordinary user' || echo root) shows it"
  fi
}

# always NAME COMMAND…: a case that whoever runs a script of EITHER must show.
always() {
  local name=$1 log=$SCRATCH/.log work status began=$SECONDS
  shift
  work=$(mktemp -d "$SCRATCH/case-XXXXXX")
  (
    trap - EXIT
    cd "$work" || exit 1
    trap e2e_where ERR
    set -eEu
    "$@"
  ) >"$log" 2>&1 </dev/null
  status=$?
  if [ "$status" = 0 ]; then
    E2E_PASSED=$((E2E_PASSED + 1))
    echo "ok $E2E_SCRIPT: $name$(e2e_took $((SECONDS - began)))"
  else
    E2E_FAILED=$((E2E_FAILED + 1))
    echo "not ok $E2E_SCRIPT: $name"
    sed 's/^/    /' "$log"
  fi
}

# Said of a case that takes long.
e2e_took() { [ "$1" -lt 5 ] || echo " # took $1 s"; }

# skip NAME REASON: a case that this machine or this user cannot run.
skip() {
  E2E_SKIPPED=$((E2E_SKIPPED + 1))
  echo "ok $E2E_SCRIPT: $1 # skipped: $2"
}

is_root() { [ "$(id -u)" = 0 ]; }

# ---- expectations: each returns 1, and says what came instead

e2e_unexpected() {
  printf '%s\n' "$@"
  return 1
}

# Runs a command; leaves its status, output and messages in STATUS, STDOUT and STDERR (less the last newline).
run() {
  STATUS=0
  "$@" >"$SCRATCH/.stdout" 2>"$SCRATCH/.stderr" || STATUS=$?
  STDOUT=$(cat "$SCRATCH/.stdout")
  STDERR=$(cat "$SCRATCH/.stderr")
}

e2e_show() {
  e2e_unexpected "$1" "command: ${*:2}" "status:  $STATUS" "stdout:  $STDOUT" "stderr:  $STDERR"
}

# expect_status N COMMAND…
expect_status() {
  local wanted=$1
  shift
  run "$@"
  [ "$STATUS" = "$wanted" ] || e2e_show "expected the status $wanted" "$@"
}

# expect_stdout TEXT COMMAND…: succeeds and prints exactly TEXT.
expect_stdout() {
  local wanted=$1
  shift
  run "$@"
  [ "$STATUS" = 0 ] && [ "$STDOUT" = "$wanted" ] || e2e_show "expected success and the output: $wanted" "$@"
}

# expect_stdout_contains TEXT COMMAND…: succeeds and prints TEXT somewhere.
expect_stdout_contains() {
  local wanted=$1
  shift
  run "$@"
  [ "$STATUS" = 0 ] && [[ $STDOUT == *"$wanted"* ]] || e2e_show "expected success and in the output: $wanted" "$@"
}

# expect_stderr_contains TEXT COMMAND…: says TEXT, whatever its status.
expect_stderr_contains() {
  local wanted=$1
  shift
  run "$@"
  [[ $STDERR == *"$wanted"* ]] || e2e_show "expected in the messages: $wanted" "$@"
}

# expect_failure N TEXT COMMAND…: ends with status N and says TEXT.
expect_failure() {
  local status=$1 wanted=$2
  shift 2
  run "$@"
  [ "$STATUS" = "$status" ] && [[ $STDERR == *"$wanted"* ]] ||
    e2e_show "expected the status $status and in the messages: $wanted" "$@"
}

# expect_equal WANTED ACTUAL
expect_equal() {
  [ "$1" = "$2" ] || e2e_unexpected "expected: $1" "     got: $2"
}

# expect_contains TEXT WHOLE
expect_contains() {
  [[ $2 == *"$1"* ]] || e2e_unexpected "expected: $1" "      in: $2"
}
