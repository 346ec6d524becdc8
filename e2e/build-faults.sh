#!/usr/bin/env bash
# Builds that are killed at any moment, and builds that have no room: what was there stays, and nothing else does.
# POINTS=60 kills more often, SEED=N at the same moments again.
# shellcheck disable=SC2016 # for the payload's shell
. "$(dirname "$0")/lib.sh"
. "$E2E/fixtures/common.sh"

POINTS=${POINTS:-6}
RANDOM=${SEED:=$RANDOM}

# define NUMBER: a definition whose image says the number.
define() {
  printf 'Bootstrap: localimage\nFrom: %s\n%%files\n  big /big\n%%post\n  echo %s >/number\n  sleep 0.3\n' "$BUSYBOX" "$1" >x.def
}

# now: milliseconds.
now() { echo $(($(date +%s%N) / 1000000)); }

is_killed_anywhere() {
  local long began number=0 killed=0 pid
  mkdir tmp
  head -c 3000000 /dev/urandom >big
  define 0
  began=$(now)
  "$KERR" --quiet build --no-cache --tmpdir tmp x.sif x.def 2>/dev/null
  long=$(($(now) - began))
  for ((i = 1; i <= POINTS; i++)); do
    define "$i"
    "$KERR" --quiet build --no-cache --force --tmpdir tmp x.sif x.def >log 2>&1 &
    pid=$!
    sleep "$(awk "BEGIN { print $long * $RANDOM / 32767000 }")"
    if kill -9 "$pid" 2>/dev/null; then killed=$((killed + 1)); fi
    wait "$pid" 2>/dev/null || true
    run "$KERR" exec x.sif cat /number # whole, whichever it is
    expect_equal 0 "$STATUS"
    case $STDOUT in "$number" | "$i") number=$STDOUT ;; *) e2e_show "number $number or $i" "$STDOUT" ;; esac
    [ "$(ls -A . | grep -c '^\.kerr-\|\.part$')" = 0 ] || e2e_show 'no file beside the target' "$(ls -A .)"
  done
  echo "# SEED=$SEED: $POINTS builds of $long ms, $killed killed"
  find tmp -mindepth 1 -maxdepth 1 -empty -exec touch -d '1 minute ago' {} + # it would have had a moment to get an owner
  "$KERR" --quiet build --no-cache --force --tmpdir tmp x.sif x.def 2>/dev/null
  expect_stdout "$POINTS" "$KERR" exec x.sif cat /number
  expect_equal '' "$(ls -A tmp)"
  [ -z "$(pgrep -f "$PWD/tmp/kerr-build" || true)" ]
}

# has_no_room MIB: a build in a file system of this size fails with its name, or is done.
has_no_room() {
  mkdir tmp
  mount -t tmpfs -o "size=$1m" none tmp
  head -c 6000000 /dev/urandom >big
  define 1
  run "$KERR" --quiet build --no-cache --tmpdir tmp x.sif x.def
  local left
  left=$(ls -A tmp)
  umount tmp
  expect_equal '' "$left"
  if [ "$STATUS" = 0 ]; then
    [ "$1" -ge 8 ]
  else
    expect_equal 255 "$STATUS"
    [ "$1" -le 16 ]
    expect_contains "$PWD/tmp" "$STDERR"
    [ ! -e x.sif ]
  fi
}

# What is known of the base and the files that are copied is compared with the room there is.
refuses_what_cannot_fit() {
  mkdir tmp
  mount -t tmpfs -o size=4m none tmp
  head -c 6000000 /dev/urandom >big
  printf 'Bootstrap: localimage\nFrom: %s\n%%pre\n  touch %s/began\n%%files\n  big /big\n' "$BUSYBOX" "$PWD" >x.def
  run "$KERR" --quiet build --no-cache --tmpdir tmp x.sif x.def
  printf 'FROM scratch\nCOPY big /\n' >Dockerfile
  local said=$STDERR status=$STATUS
  run "$KERR" --quiet build --no-cache --tmpdir tmp x.sif Dockerfile
  local left
  left=$(ls -A tmp)
  umount tmp
  expect_equal '255 255' "$status $STATUS"
  local text="FATAL:   cannot build in $PWD/tmp: at least [0-9.]+ MiB are needed, and [0-9.]+ MiB are free \\(hint: make room there, or name a directory that has more with --tmpdir or KERR_TMPDIR\\)"
  [[ $said =~ ^$text$ ]] || e2e_unexpected "$said"
  [[ $STDERR =~ ^$text$ ]] || e2e_unexpected "$STDERR"
  expect_equal '' "$left"
  [ ! -e began ] && [ ! -e x.sif ]
}

it 'is killed anywhere' is_killed_anywhere
if is_root; then
  it 'refuses at once what cannot fit' refuses_what_cannot_fit
  for size in 1 2 4 8 16 64; do
    it "has $size MiB" has_no_room "$size"
  done
else
  skip 'refuses at once what cannot fit' 'only root may mount a small file system'
  skip 'has no room' 'only root may mount a small file system'
fi
