#!/usr/bin/env bash
# Namespaces of the payload's own: processes, IPC, host name; what is hidden in them, and how signals and a terminal come
# through.
# shellcheck disable=SC2016,SC2164 # variables are the container's; a case ends at its first failing command
. "$(dirname "$0")/lib.sh"
. "$E2E/fixtures/common.sh"

inside() { "$KERR" exec "$@"; }

# namespace KIND COMMAND…: the namespace of that kind which the command is in.
namespace() { "$KERR" exec "${@:2}" "$BUSYBOX" readlink "/proc/self/ns/$1"; }

has_its_own() {
  local kind=$1
  shift
  [ "$(namespace "$kind" "$@")" != "$(readlink "/proc/self/ns/$kind")" ]
}

has_the_hosts() {
  local kind
  for kind in pid ipc uts net cgroup; do expect_equal "$(readlink "/proc/self/ns/$kind")" "$(namespace "$kind")"; done
}

contains_all() {
  local kind
  for kind in pid ipc; do has_its_own "$kind" --containall; done
  for kind in uts net; do expect_equal "$(readlink "/proc/self/ns/$kind")" "$(namespace "$kind" --containall)"; done
}

# ---- processes

sees_its_own_processes() {
  expect_stdout '2 kerr-init' inside --pid "$BUSYBOX" sh -c 'echo $$ $(cat /proc/1/comm)'
  expect_stdout kerr-init inside --pid "$BUSYBOX" sh -c 'tr -d "\0" </proc/1/cmdline'
  expect_stdout 1 inside --pid --no-init "$BUSYBOX" sh -c 'echo $$'
  expect_stdout 1 inside --compat "$BUSYBOX" sh -c 'echo $$'
}

obeys_no_pid() {
  expect_equal "$(readlink /proc/self/ns/pid)" "$(namespace pid --containall --no-pid)"
  expect_equal "$(readlink /proc/self/ns/pid)" "$(namespace pid --pid --no-pid)"
}

# An orphan becomes the init's child, and is not left a zombie.
init_reaps() {
  expect_stdout 0 inside --pid "$BUSYBOX" sh -c '(sleep 0.1 & exec true) ; sleep 0.5; grep -l "^State:.Z" /proc/[0-9]*/status 2>/dev/null | wc -l'
}

ends_as_the_payload() {
  expect_status 7 inside --pid "$BUSYBOX" sh -c 'exit 7'
  expect_status 137 inside --pid "$BUSYBOX" sh -c 'kill -9 $$'
  expect_status 139 inside --pid "$BUSYBOX" sh -c 'kill -SEGV $$'
  expect_status 7 inside --pid --no-init "$BUSYBOX" sh -c 'exit 7'
}

# A batch system looks at how the process itself ended, not at a number.
ends_by_the_same_signal() {
  local status=0
  python3 - "$KERR" "$BUSYBOX" <<'END'
import subprocess, sys
kerr, image = sys.argv[1:]
for number in (1, 2, 9, 10, 15):
    ended = subprocess.run([kerr, "exec", "--pid", image, "sh", "-c", "kill -%d $$" % number]).returncode
    assert ended == -number, (number, ended)
END
}

passes_signals_on() {
  local name option
  for option in --pid '--pid --no-init'; do
    for name in TERM INT HUP USR1 USR2 QUIT ALRM WINCH; do
      # shellcheck disable=SC2086
      env --default-signal "$KERR" exec $option "$BUSYBOX" sh -c "trap 'echo $name; exit 3' $name; touch $PWD/ready; while :; do sleep 0.02; done" \
        >out & # the shell looks at traps between commands
      local process=$! status=0
      for _ in $(seq 200); do [ ! -e ready ] || break; sleep 0.05; done
      kill -"$name" $process
      wait $process || status=$?
      expect_equal 3 $status
      expect_equal "$name" "$(cat out)"
      rm ready
    done
  done
}

passes_each_signal_once() {
  "$KERR" exec --pid "$BUSYBOX" sh -c "n=0; trap 'n=\$((n+1))' USR1; trap 'echo \$n; exit' TERM; touch $PWD/ready; while :; do sleep 0.02; done" >out &
  local process=$!
  for _ in $(seq 200); do [ ! -e ready ] || break; sleep 0.05; done
  for _ in 1 2 3; do kill -USR1 $process; sleep 0.2; done
  kill -TERM $process
  wait $process
  expect_equal 3 "$(cat out)"
}

# Whoever of the three is killed, nothing stays.
leaves_nothing() {
  local mark="3600.$$" who process
  for who in outside init payload; do
    "$KERR" exec --pid "$BUSYBOX" sh -c "sleep $mark & touch $PWD/ready-$who; sleep $mark; true" &
    process=$!
    for _ in $(seq 200); do [ ! -e "ready-$who" ] || break; sleep 0.05; done
    case $who in
      outside) kill -9 $process ;;
      init) pkill -9 -P $process ;;
      payload) pkill -9 -P "$(pgrep -P $process)" ;;
    esac
    wait $process || true
    for _ in $(seq 40); do pgrep -f "sleep $mark" >/dev/null || break; sleep 0.05; done
    ! pgrep -af "sleep $mark"
  done
}

keeps_nothing_open() {
  # the reader sees the end as soon as the payload has closed the pipe
  expect_equal done "$("$KERR" exec --pid "$BUSYBOX" sh -c 'exec 9>&-; echo done' 9>&1 | cat)"
  expect_stdout '0 1 2' inside --pid "$BUSYBOX" sh -c 'echo $(ls /proc/1/fd | grep -v "^[3-9]$")'
}

# ---- what is hidden

masks_proc() {
  expect_stdout '' inside --containall "$BUSYBOX" sh -c 'for f in /proc/kcore /proc/keys /proc/timer_list; do [ ! -e $f ] || cat $f || exit; done'
  expect_stdout '' inside --containall "$BUSYBOX" \
    sh -c 'for d in /proc/scsi /proc/acpi /proc/asound; do [ ! -e $d ] || ls $d || exit; done'
  expect_failure 1 'Read-only file system' inside --containall "$BUSYBOX" sh -c 'echo 1 >/proc/sys/kernel/core_pattern'
  [ ! -e /proc/sysrq-trigger ] ||
    expect_failure 1 'Read-only file system' inside --containall "$BUSYBOX" sh -c 'echo h >/proc/sysrq-trigger'
}

# What is mounted in the outer user namespace is locked in the inner one. The real root is in neither.
stays_masked() {
  local what
  for what in /proc/sys /proc/kcore /proc; do
    run "$KERR" exec --containall "$BUSYBOX" umount "$what"
    [ "$STATUS" != 0 ]
  done
}

# Two hundred, sixteen at a time: each prints its number, and is the second process.
starts_many() {
  seq 200 | xargs -P 16 -I {} "$KERR" exec --containall --hostname ring "$BUSYBOX" sh -c 'echo {} $$ $(hostname)' >said 2>errors
  expect_equal '' "$(cat errors)"
  expect_equal "$(seq -f '%g 2 ring' 200)" "$(sort -n said)"
}

leaves_nothing_of_many() { expect_no_leftovers starts_many; }

# ---- names

has_its_own_host_name() {
  expect_stdout 'ring' inside --hostname ring "$BUSYBOX" hostname
  expect_stdout "$(hostname)" inside --uts "$BUSYBOX" hostname
  has_its_own uts --hostname ring
  expect_equal "$(hostname)" "$("$KERR" exec "$BUSYBOX" hostname)"
}

refuses_other_host_names() {
  expect_failure 255 'is no host name' inside --hostname 'a b' "$BUSYBOX" true
  expect_failure 255 'is no host name' inside --hostname '' "$BUSYBOX" true
  expect_failure 255 'is no host name' inside --hostname "$(printf 'a%.0s' $(seq 65))" "$BUSYBOX" true
}

has_its_own_memory_segments() {
  ipcs -m >/dev/null 2>&1 || return 0
  expect_stdout 1 inside --ipc "$BUSYBOX" sh -c 'wc -l </proc/sysvipc/shm'
}

# ---- a terminal

# on_a_terminal COMMAND: runs a shell on a terminal of its own, which is sent the standard input slowly.
on_a_terminal() {
  python3 - "$@" <<'END'
import os, pty, select, signal, sys, time
pid, master = pty.fork()
if pid == 0:
    os.execvp("bash", ["bash", "--norc", "-i"])
text, said = b"", 0
def read(seconds):
    global text
    end = time.time() + seconds
    while time.time() < end:
        if select.select([master], [], [], 0.05)[0]:
            try: text += os.read(master, 65536)
            except OSError: return
for line in sys.argv[1:]:
    read(1.2)
    os.write(master, line.encode().decode("unicode_escape").encode())
read(2.5)
os.kill(pid, signal.SIGKILL)
sys.stdout.buffer.write(text)
END
}

stops_and_goes_on() {
  local text
  text=$(on_a_terminal "$KERR exec --pid $BUSYBOX sleep 4\n" '\x1a' 'echo status=$?; fg; echo ended=$?\n')
  expect_contains 'Stopped' "$text"
  expect_contains 'ended=0' "$text"
}

is_interrupted_once() {
  local text
  text=$(on_a_terminal "$KERR exec --pid $BUSYBOX sh -c 'trap \"echo caught\" INT; sleep 2; sleep 1; echo end'\n" '\x03' '')
  expect_equal 1 "$(grep -c '^.*caught.$' <<<"$text")"
}

has_job_control() {
  local text
  text=$(on_a_terminal "$KERR shell --pid $BUSYBOX\n" 'sleep 20\n' '\x1a' 'jobs; echo job=$?\n' 'kill -9 %1; sleep 0.3; jobs; exit 4\n' 'echo outside=$?\n')
  expect_contains 'Stopped' "$text"
  expect_contains 'outside=4' "$text"
}

# ---- user namespaces as root

is_unprivileged_root() {
  has_its_own user --userns
  expect_failure 1 '' inside --userns "$BUSYBOX" sh -c 'mknod /tmp/device b 1 1'
  expect_stdout 0 inside --userns "$BUSYBOX" id -u
}

it 'leaves the namespaces of the host alone' has_the_hosts
it 'has PID and IPC namespaces with --containall' contains_all
for option in pid ipc uts; do it "has its own with --$option" has_its_own $option --$option; done
it 'sees its own processes' sees_its_own_processes
it 'does without a PID namespace' obeys_no_pid
it 'reaps orphans' init_reaps
it 'ends with the status of the payload' ends_as_the_payload
if command -v python3 >/dev/null; then
  it 'ends by the same signal' ends_by_the_same_signal
else
  skip 'ends by the same signal' 'there is no python3'
fi
it 'passes signals on' passes_signals_on
it 'passes each signal once' passes_each_signal_once
it 'leaves nothing, whoever is killed' leaves_nothing
it 'keeps nothing open' keeps_nothing_open
it 'starts 200, 16 at a time, and leaves nothing' leaves_nothing_of_many
it 'hides what tells of the machine' masks_proc
if is_root; then
  skip 'lets nobody uncover it' 'the real root may unmount what it likes'
else
  it 'lets nobody uncover it' stays_masked
fi
it 'has its own host name' has_its_own_host_name
it 'refuses what is no host name' refuses_other_host_names
it 'has its own memory segments' has_its_own_memory_segments
if command -v python3 >/dev/null; then
  it 'is stopped and goes on' stops_and_goes_on
  it 'is interrupted once' is_interrupted_once
  it 'has job control' has_job_control
else
  skip 'has a terminal' 'there is no python3'
fi
if is_root; then
  it 'is without privilege with --userns' is_unprivileged_root
else
  it 'has a user namespace anyway' has_its_own user --userns
fi
