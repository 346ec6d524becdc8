#!/usr/bin/env bash
# Shared mounts: all launches of an image by a user on a node have one mount and one file system server.
. "$(dirname "$0")/lib.sh"
. "$E2E/fixtures/common.sh"
export KERR_SHARED_MOUNT_LINGER=4 XDG_RUNTIME_DIR=$SCRATCH/run
PLACE=$XDG_RUNTIME_DIR/kerr-mounts
mkdir -m 700 "$XDG_RUNTIME_DIR"
IMAGE=$SCRATCH/image.sif
cp "$BUSYBOX" "$IMAGE"

# keepers [IMAGE]: the numbers of the processes that keep it mounted.
keepers() { "$KERR" mount list | awk -v image="${1:-$IMAGE}" '$3 == image { print $1 }'; }

# server_of KEEPER: its child.
server_of() { cat "/proc/$1/task/$1/children"; }

is_gone() { [ ! -e "/proc/$1" ] || grep -q '^State:.Z' "/proc/$1/status"; }
is_kept() { [ -n "$(keepers)" ]; }
none_is_there() { [ -z "$(keepers)" ]; }
are_gone() { sleep 4 && eventually none_is_there; }

# hold FIFO: a launch that says `up` there, and ends when it reads a line from go.
hold() {
  mkfifo "$1" "$1.go"
  "$KERR" exec "$IMAGE" sh -c "echo up >$1; read -r _ <$1.go; /bin/busybox echo still served" >"$1.out" 2>"$1.err" &
  HELD=$!
  read -r _ <"$1"
}

let_go() {
  echo >"$1.go"
  wait "$2"
}

has_one_keeper() {
  local first second
  hold a
  first=$HELD
  hold b
  second=$HELD
  expect_equal 1 "$(keepers | wc -l)"
  expect_stdout_contains " 2 " "$KERR" mount list
  expect_stdout_contains '"launches": 2' "$KERR" mount list --json
  expect_stdout_contains "\"image\": \"$IMAGE\"" "$KERR" mount list --json
  let_go a "$first"
  let_go b "$second"
  expect_equal 'still served' "$(cat b.out)"
  expect_equal '' "$(cat a.err b.err)"
}

ends_some_time_after_the_last() {
  local keeper server
  hold a
  keeper=$(keepers)
  server=$(server_of "$keeper")
  sleep 5
  expect_equal "$keeper" "$(keepers)"
  let_go a "$HELD"
  expect_equal "$keeper" "$(keepers)"
  eventually is_gone "$keeper"
  eventually is_gone $server
  [ ! -e "$PLACE" ] || expect_equal '' "$(ls "$PLACE")"
}

is_switched_off() {
  local none
  are_gone
  none=$(KERR_SHARED_MOUNT_LINGER=0 "$KERR" exec "$IMAGE" true && keepers)
  expect_equal '' "$none"
  printf 'shared mount linger = 0\n' >kerr.conf
  unset KERR_SHARED_MOUNT_LINGER
  "$KERR" --config kerr.conf exec "$IMAGE" true || true
  is_root || expect_equal '' "$(keepers)"
  expect_fatal 'is no time' "$KERR" exec --shared-mount-linger soon "$IMAGE" true
}

is_there_once_for_32_at_once() {
  local i pids=()
  are_gone
  mkfifo go
  for i in $(seq 32); do
    "$KERR" exec "$IMAGE" sh -c "read -r _ <go; echo $i" >"out$i" 2>&1 &
    pids+=($!)
  done
  eventually is_kept
  exec 9<>go
  sleep 1
  expect_equal 1 "$(keepers | wc -l)"
  for i in $(seq 32); do echo >&9; done
  for i in $(seq 32); do
    wait "${pids[i - 1]}"
    expect_equal "$i" "$(cat "out$i")"
  done
  exec 9>&-
}

goes_on_without_its_keeper() {
  local keeper first
  hold a
  first=$HELD
  keeper=$(keepers)
  kill -KILL "$keeper"
  eventually is_gone "$keeper"
  expect_stdout again "$KERR" exec "$IMAGE" echo again
  expect_equal 1 "$(keepers | wc -l)"
  let_go a "$first"
  expect_equal 'still served' "$(cat a.out)"
}

is_served_anew_when_the_server_is_killed() {
  local keeper
  hold a
  keeper=$(keepers)
  kill -KILL $(server_of "$keeper")
  eventually is_gone "$keeper"
  expect_stdout again "$KERR" exec "$IMAGE" echo again
  echo >a.go
  wait "$HELD" || true # what it had not read before is gone, and only that
}

# A launch that a keeper does not answer has its own mount.
does_without_a_keeper_that_is_stopped() {
  local keeper
  "$KERR" exec "$IMAGE" true
  keeper=$(keepers)
  kill -STOP "$keeper"
  expect_stdout alone "$KERR" exec "$IMAGE" echo alone
  kill -CONT "$keeper"
}

is_of_the_file_that_is_there() {
  local keeper KERR_SHARED_MOUNT_LINGER=60
  "$KERR" exec "$IMAGE" true
  keeper=$(keepers)
  cp "$IMAGE" new.sif
  mv new.sif "$IMAGE"
  "$KERR" exec "$IMAGE" true
  expect_equal 2 "$(keepers | wc -l)"
  touch "$IMAGE"
  "$KERR" exec "$IMAGE" true
  expect_equal 3 "$(keepers | wc -l)"
  expect_contains "$keeper" "$(keepers)"
  # shellcheck disable=SC2046 # several
  kill -KILL $(keepers)
}

is_not_trusted_if_it_may_be_anothers() {
  are_gone
  rm -rf "$PLACE"
  mkdir -m 755 "$PLACE"
  expect_stdout alone "$KERR" exec "$IMAGE" echo alone
  expect_equal '' "$(ls "$PLACE")"
  rmdir "$PLACE"
  ln -s "$PWD" "$PLACE"
  expect_stdout alone "$KERR" exec "$IMAGE" echo alone
  rm "$PLACE"
  expect_equal "" "$(find "$PWD" -type s)"
}

keeps_nothing_of_the_caller() {
  local keeper
  are_gone
  expect_stdout said timeout 10 sh -c "echo \$('$KERR' exec '$IMAGE' echo said)" 7<"$E2E/lib.sh"
  keeper=$(keepers)
  expect_equal '' "$(find "/proc/$keeper/fd" -lname '*lib.sh' -o -lname "pipe:*" -o -lname '/dev/pts/*')"
  expect_equal 2 "$(wc -l <"/proc/$keeper/mountinfo")"
  expect_equal / "$(readlink "/proc/$keeper/cwd")"
  expect_contains 'NoNewPrivs:	1' "$(cat "/proc/$keeper/status")"
}

# Ranks are bound to processors; what serves all of them is not.
is_bound_to_no_processor() {
  local keeper
  are_gone
  (ulimit -S -t 10 && taskset -c 0 "$KERR" exec "$IMAGE" true)
  keeper=$(keepers)
  expect_equal "$(grep Cpus_allowed_list /proc/self/status)" "$(grep Cpus_allowed_list "/proc/$keeper/status")"
  expect_equal "$(grep Cpus_allowed_list /proc/self/status)" \
    "$(grep Cpus_allowed_list "/proc/$(server_of "$keeper" | tr -d ' ')/status")"
  expect_contains unlimited "$(grep 'Max cpu time' "/proc/$keeper/limits" | cut -c1-40)"
}

shows_no_keeper_to_the_payload() {
  expect_stdout 'no children' "$KERR" exec "$IMAGE" sh -c 'read -r child </proc/$$/task/$$/children || echo no children'
  expect_stdout '' "$KERR" exec "$IMAGE" sh -c 'for fd in /proc/$$/fd/*; do
    case $(readlink $fd) in *socket:* | *user:* | *anon*) echo $fd ;; esac; done'
}

# A payload has no right over the namespace of a keeper, from which it could change other launches.
is_out_of_the_payloads_reach() {
  local keeper
  "$KERR" exec "$IMAGE" true
  keeper=$(keepers)
  expect_failure 1 '' "$KERR" exec --bind /usr --bind /lib --bind /lib64 "$IMAGE" /usr/bin/nsenter -U -t "$keeper" true
  expect_failure 1 '' "$KERR" exec "$IMAGE" ls "/proc/$keeper/root/image"
}

shares_memory_between_launches() {
  local pid address
  cc -static -O1 "$E2E/fixtures/readvm.c" -o readvm
  mkfifo offer go
  exec 9<>go
  "$KERR" exec --bind "$PWD" "$IMAGE" "$PWD/readvm" offer >offer <go 9>&- &
  read -r pid address <offer
  expect_stdout 'one memory' "$KERR" exec --bind "$PWD" "$IMAGE" "$PWD/readvm" read "$pid" "$address"
  exec 9>&-
  wait
}

chaos() {
  local i victims pids=()
  for i in $(seq "$1"); do
    "$KERR" exec "$IMAGE" sh -c 'for i in 1 2 3 4 5 6 7 8 9 10; do /bin/busybox true || exit 9; done' >/dev/null 2>>errors &
    pids+=($!)
    case $((RANDOM % 5)) in
      0) kill -KILL $! 2>/dev/null || true ;;
      1)
        victims=$(keepers | head -1)
        [ -z "$victims" ] || [ $((RANDOM % 2)) = 0 ] || victims=$(server_of "$victims" || true)
        [ -z "$victims" ] || kill -KILL $victims 2>/dev/null || true
        ;;
      *) [ $((RANDOM % 4)) != 0 ] || wait "${pids[-1]}" || true ;;
    esac
  done 2>/dev/null
  wait || true
  "$KERR" exec "$IMAGE" true
  sleep 4.5
  "$KERR" mount list >/dev/null # removes what the killed have left
}

# Whatever fails says that its file system is gone, or was killed: it never hangs, and the next one goes well.
leaves_nothing_after_chaos() {
  expect_no_leftovers chaos "${CHAOS_LAUNCHES:-60}"
  expect_equal '' "$(grep -vE 'Transport endpoint is not connected|Socket not connected|file system server has ended|file system server killed|Software caused connection abort|not found|No such device|Killed' errors || true)"
}

it 'is switched off by the configuration or an option' is_switched_off
if is_root; then
  skip 'the rest' "root's images are mounted by the kernel, or each by its own server"
  exit 0
fi
it 'has one keeper for all launches' has_one_keeper
it 'ends some time after the last launch' ends_some_time_after_the_last
it 'is there once for 32 that start at once' is_there_once_for_32_at_once
it 'goes on without its keeper' goes_on_without_its_keeper
it 'is served anew when its server is killed' is_served_anew_when_the_server_is_killed
it 'is not waited for forever' does_without_a_keeper_that_is_stopped
it 'is of the file that is there' is_of_the_file_that_is_there
it "is not trusted if it may be another's" is_not_trusted_if_it_may_be_anothers
it 'keeps nothing of the caller' keeps_nothing_of_the_caller
it 'is bound to no processor' is_bound_to_no_processor
it 'shows no keeper to the payload' shows_no_keeper_to_the_payload
it "is out of the payload's reach" is_out_of_the_payloads_reach
it "lets launches read each other's memory" shares_memory_between_launches
it 'leaves nothing after chaos' leaves_nothing_after_chaos
