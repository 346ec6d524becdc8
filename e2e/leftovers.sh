#!/usr/bin/env bash
# Nothing is left of a launch, however it ends: no process, mount, loop device, FUSE connection or temporary file.
. "$(dirname "$0")/lib.sh"
. "$E2E/fixtures/common.sh"

LAUNCHES=50
KILLED=10

# Every fifth launch is killed after 0 to 180 ms: while it plans, mounts or runs.
fifty_launches() {
  local i killed=0
  for i in $(seq $LAUNCHES); do
    "$KERR" exec "$BUSYBOX" true >/dev/null 2>&1 &
    if [ $((i % (LAUNCHES / KILLED))) = 0 ]; then
      sleep "0.$(printf %03d $((killed * 20)))"
      kill -KILL $! && killed=$((killed + 1))
    fi
    wait $! || true
  done 2>/dev/null
  echo "$killed killed" >killed
}

leaves_nothing_after_fifty_launches() { expect_no_leftovers fifty_launches; }

killed_builds() {
  local i
  for i in 1 3 5 7 9; do
    "$KERR" build out.sif "$BUSYBOX" >/dev/null 2>&1 &
    sleep "0.$i"
    kill -KILL $! 2>/dev/null || true
    wait $! || true
    rm -f out.sif
  done 2>/dev/null
  convert last.sif "$BUSYBOX" # what killed builds left is the next one's to remove
}

leaves_nothing_after_killed_builds() {
  expect_no_leftovers killed_builds
  rm -f out.sif
  expect_equal last.sif "$(ls -A)"
}

all_at_once() {
  local i pids=()
  for i in $(seq 16); do
    "$KERR" exec "$BUSYBOX" sh -c "sleep 0.3; echo $i" >"out$i" 2>&1 &
    pids+=($!)
  done
  for i in $(seq 16); do
    wait "${pids[i - 1]}"
    expect_equal "$i" "$(cat "out$i")"
  done
}

starts_sixteen_at_once() {
  all_at_once
  expect_no_leftovers all_at_once
}

# The payload ends, a process that it started goes on, with its files, and takes the file system with it when it ends.
background() {
  mkfifo go
  "$KERR" exec "$BUSYBOX" sh -c '(read -r _ <go; /bin/busybox echo "still served" >said) </dev/null >/dev/null 2>&1 &'
  sleep 0.5
  echo >go
  eventually test -s said
  expect_equal 'still served' "$(cat said)"
}

serves_what_goes_on_in_the_background() { expect_no_leftovers background; }

kill_the_payload() {
  rm -f ready
  mkfifo ready
  "$KERR" exec "$BUSYBOX" sh -c 'echo up >ready; exec sleep 60' &
  read -r _ <ready
  kill -KILL $!
  wait $! || true
}

leaves_nothing_when_the_payload_is_killed() { expect_no_leftovers kill_the_payload; }

# A server that dies takes nothing with it but its image.
kill_the_server() {
  local server pid
  mkfifo ready go
  "$KERR" exec "$BUSYBOX" sh -c 'echo up >ready; read -r _ <go; /bin/busybox true' >/dev/null 2>&1 &
  pid=$!
  read -r _ <ready
  server=$(processes | sed -n 's|^/proc/\([0-9]*\)/cmdline .*squashfs-server.*|\1|p')
  kill -KILL $server
  echo >go
  wait $pid || true
}

leaves_nothing_when_the_server_is_killed() { expect_no_leftovers kill_the_server; }

leaves_nothing_when_a_launch_fails() {
  expect_no_leftovers "$KERR" exec "$BUSYBOX" no-such-command
  expect_no_leftovers "$KERR" exec --bind /no/such "$BUSYBOX" true
  expect_no_leftovers "$KERR" exec --cwd /no/such "$BUSYBOX" true
  expect_no_leftovers "$KERR" exec --dry-run "$BUSYBOX" true
}

writes_nothing_into_the_home() {
  local home
  home=$(find "$HOME" -maxdepth 1 | sort)
  "$KERR" exec "$BUSYBOX" true
  "$KERR" inspect "$BUSYBOX" >/dev/null
  convert image.sif "$BUSYBOX"
  expect_equal "$home" "$(find "$HOME" -maxdepth 1 | sort)"
}

# What looks at what is left can fail.
tells_what_is_left() {
  local status=0
  expect_no_leftovers touch "$HOME/kerr-plan-on-purpose" >said || status=1
  rm "$HOME/kerr-plan-on-purpose"
  expect_contains kerr-plan-on-purpose "$(cat said)"
  [ $status = 1 ]
}

it "leaves nothing after $LAUNCHES launches, $KILLED of them killed" leaves_nothing_after_fifty_launches
it 'leaves nothing after killed builds and one more' leaves_nothing_after_killed_builds
it 'starts sixteen at once' starts_sixteen_at_once
it 'serves what goes on in the background, and ends with it' serves_what_goes_on_in_the_background
it 'leaves nothing when the payload is killed' leaves_nothing_when_the_payload_is_killed
if is_root; then
  skip 'leaves nothing when the file system server is killed' 'root needs none'
else
  it 'leaves nothing when the file system server is killed' leaves_nothing_when_the_server_is_killed
fi
it 'leaves nothing when a launch fails' leaves_nothing_when_a_launch_fails
it 'writes nothing into the home directory' writes_nothing_into_the_home
it 'tells what is left' tells_what_is_left
