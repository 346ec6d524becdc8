#!/usr/bin/env bash
# kerr exec: the payload is the process that the caller started, with the caller's arguments, descriptors, limits and
# terminal, and its end is the end.
. "$(dirname "$0")/lib.sh"
. "$E2E/fixtures/common.sh"

inside() { "$KERR" exec "$BUSYBOX" "$@"; }

# ---- how it ends

passes_exit_statuses() {
  expect_status 0 inside true
  expect_status 1 inside false
  expect_status 134 inside sh -c 'exit 134'
  expect_status 255 inside sh -c 'exit 255'
}

dies_by_the_payloads_signal() {
  expect_status 137 inside sh -c 'kill -9 $$'
  expect_status 134 inside sh -c 'kill -ABRT $$'
  expect_status 139 inside sh -c 'kill -SEGV $$'
  expect_status 143 inside sh -c 'kill -TERM $$'
}

# ---- the same process

# A shell says which process it starts as the payload; the payload says which process it is.
keeps_the_process() {
  run bash -c '"$0" exec "$1" sh -c "echo \$\$" & wait $!; echo $!' "$KERR" "$BUSYBOX"
  expect_equal "$(head -n 1 <<<"$STDOUT")" "$(tail -n 1 <<<"$STDOUT")"
}

keeps_parent_session_and_group() {
  run bash -c 'cut -d " " -f 4-6 /proc/self/stat; "$0" exec "$1" cut -d " " -f 4-6 /proc/self/stat; :' "$KERR" "$BUSYBOX"
  expect_equal "$(head -n 1 <<<"$STDOUT")" "$(tail -n 1 <<<"$STDOUT")"
}

has_no_strange_children() {
  expect_stdout '<>' inside sh -c 'read -r children </proc/$$/task/$$/children; echo "<$children>"'
}

# ---- arguments

# Prints each argument in brackets.
SHOW='for word do printf "<%s>" "$word"; done'

passes_every_word_as_it_is() {
  expect_stdout '<a b><><-x><--bind><--><*><$HOME><"><\><=>' \
    inside sh -c "$SHOW" sh 'a b' '' -x --bind -- '*' '$HOME' '"' '\' '='
  expect_stdout $'<two\nlines><\ttab><é>' inside sh -c "$SHOW" sh $'two\nlines' $'\ttab' 'é'
}

passes_bytes_that_are_no_characters() {
  inside sh -c 'printf %s "$1"' sh $'\xff\xfe\x80z' | od -An -tx1 >got
  expect_equal ' ff fe 80 7a' "$(cat got)"
}

passes_options_after_the_image_to_the_payload() {
  expect_stdout '--version -h' inside echo --version -h
  expect_stdout '-n' inside printf '%s' -n
}

takes_a_double_dash_before_the_image() {
  expect_stdout 'x' "$KERR" exec -- "$BUSYBOX" echo x
}

passes_a_megabyte_of_arguments() {
  local word
  word=$(head -c 100000 /dev/zero | tr '\0' w)
  expect_stdout 1000000 inside sh -c 'echo $((${#1} + ${#2} + ${#3} + ${#4} + ${#5} + ${#6} + ${#7} + ${#8} + ${#9} + ${#10}))' \
    sh "$word" "$word" "$word" "$word" "$word" "$word" "$word" "$word" "$word" "$word"
}

# ---- finding the command

finds_commands_in_the_containers_path() {
  expect_stdout /bin/busybox env PATH=/nowhere:/usr/bin:/bin "$KERR" exec "$BUSYBOX" which busybox
}

names_a_command_that_the_image_lacks() {
  expect_fatal '"no-such-program": executable file not found in $PATH' inside no-such-program
  expect_fatal '"/no/such/program"' inside /no/such/program
}

names_a_file_that_cannot_be_executed() {
  echo 'not a program' >plain
  expect_fatal plain inside "$PWD/plain"
  expect_fatal "$PWD" inside "$PWD"
}

names_a_program_that_cannot_start() {
  printf '#!/no/such/interpreter\n' >script
  chmod +x script
  run inside ./script # the container's own shell finds this out, and says so in its words
  [ "$STATUS" != 0 ] && expect_contains ./script "$STDERR"
  if [ -x /bin/bash ] && ! "$KERR" exec "$BUSYBOX" test -e /lib64; then
    run "$KERR" exec --bind /bin/bash:/mnt/bash "$BUSYBOX" /mnt/bash
    [ "$STATUS" != 0 ] && expect_contains /mnt/bash "$STDERR"
  fi
}

runs_scripts_without_a_first_line() {
  echo 'echo "script: $1"' >script
  chmod +x script
  expect_stdout 'script: x' inside ./script x
}

runs_scripts_by_their_first_line() {
  printf '#!/bin/busybox cat\nbody\n' >script
  chmod +x script
  expect_stdout $'#!/bin/busybox cat\nbody' inside ./script
}

# ---- descriptors

copies_binary_data_through() {
  head -c 3000000 /dev/urandom >data
  inside cat <data >copy
  cmp data copy
  inside cat <data | cmp data -
  cat data | inside cat | cmp data -
}

ends_with_the_payload_in_a_pipeline() {
  run timeout 20 bash -c '"$0" exec "$1" sh -c "echo out; sleep 30 >/dev/null 2>&1 &" | cat' "$KERR" "$BUSYBOX"
  expect_equal '0 out' "$STATUS $STDOUT"
}

dies_of_a_closed_pipe() {
  run timeout 20 bash -c 'set -o pipefail; "$0" exec "$1" yes | head -n 1' "$KERR" "$BUSYBOX"
  expect_equal '141 y' "$STATUS $STDOUT"
}

leaves_standard_input_to_the_payload() {
  run bash -c 'printf "first\nsecond\n" | { "$0" exec "$1" true; cat; }' "$KERR" "$BUSYBOX"
  expect_equal $'first\nsecond' "$STDOUT"
}

passes_inherited_descriptors() {
  echo 'through seven' >file
  expect_stdout 'through seven' inside sh -c 'cat <&7' 7<file
}

passes_no_descriptor_of_its_own() {
  expect_stdout '0 1 2' bash -c 'for fd in {3..63}; do eval "exec $fd>&-"; done
    exec "$0" exec "$1" sh -c "i=0; while [ \$i -lt 64 ]; do [ ! -e /proc/\$\$/fd/\$i ] || set -- \"\$@\" \$i; i=\$((i + 1)); done; echo \"\$@\"" sh' "$KERR" "$BUSYBOX"
}

works_with_standard_descriptors_closed() {
  expect_stdout out inside echo out 0<&-
  inside sh -c 'exit 3' >&- && return 1 || expect_equal 3 $?
  expect_stdout out bash -c '"$0" exec "$1" echo out 2>&-' "$KERR" "$BUSYBOX"
  expect_status 4 bash -c '"$0" exec "$1" sh -c "exit 4" 0<&- 1>&- 2>&-' "$KERR" "$BUSYBOX"
}

# ---- limits and attributes

passes_the_umask() {
  umask 0000
  expect_stdout 0000 inside sh -c umask
  umask 0077
  expect_stdout 0077 inside sh -c umask
}

passes_resource_limits() {
  ulimit -S -c 0 -n 200 -s 4096
  expect_stdout '0 200 4096' inside sh -c 'echo $(ulimit -c) $(ulimit -n) $(ulimit -s)'
}

works_with_twenty_descriptors() {
  ulimit -n 20
  expect_stdout 'ok 20' inside sh -c 'echo ok $(ulimit -n)'
}

works_with_little_address_space() {
  ulimit -v 2000000
  expect_stdout 'ok 2000000' inside sh -c 'echo ok $(ulimit -v)'
}

# The least that a limit may be is not fixed; below it there is one line of explanation.
says_that_a_limit_is_too_low() {
  local limit
  for limit in '-v 1000000' '-v 200000' '-d 60000' '-n 5' '-s 100'; do
    # shellcheck disable=SC2086 # two words
    run bash -c 'ulimit "$2" "$3" && exec "$0" exec "$1" echo ok' "$KERR" "$BUSYBOX" $limit
    [ "$STATUS $STDOUT" = '0 ok' ] || [[ $STATUS = 255 && $STDERR == FATAL:* && $STDERR != *$'\n'* ]] ||
      e2e_unexpected "with ulimit $limit: expected a launch or one line of explanation" "status: $STATUS" "stderr: ${STDERR:0:300}"
  done
}

passes_niceness_and_affinity() {
  expect_stdout "$(nice -n 5 cut -d ' ' -f 19 /proc/self/stat)" nice -n 5 "$KERR" exec "$BUSYBOX" cut -d ' ' -f 19 /proc/self/stat
  if command -v taskset >/dev/null; then
    expect_stdout_contains 'mask: 1' taskset -c 0 "$KERR" exec "$BUSYBOX" sh -c 'taskset -p $$'
  fi
}

starts_whatever_signals_are_ignored_or_blocked() {
  expect_stdout ok bash -c 'trap "" CHLD PIPE TERM INT HUP; exec "$0" exec "$1" echo ok' "$KERR" "$BUSYBOX"
}

keeps_ignored_signals_ignored() {
  expect_stdout 'still here' bash -c 'trap "" INT HUP; "$0" exec "$1" sh -c "kill -INT \$\$; kill -HUP \$\$; echo still here"' "$KERR" "$BUSYBOX"
}

# ---- signals from outside

# signalled NAME: what a payload says that gets the signal NAME from outside, and its exit status.
signalled() {
  mkfifo ready
  "$KERR" exec "$BUSYBOX" sh -c "trap 'echo caught; exit 43' $1; echo up >ready; while :; do sleep 0.1; done" >said &
  local pid=$! status=0
  read -r _ <ready
  kill "-$1" $pid
  wait $pid || status=$?
  rm ready
  echo "$status $(cat said)"
}

delivers_signals_to_the_payload() {
  expect_equal '43 caught' "$(signalled TERM)"
  expect_equal '43 caught' "$(signalled USR1)"
  expect_equal '43 caught' "$(signalled HUP)"
}

# A background process of a script ignores INT, so a job of an interactive shell stands in.
delivers_interrupts_to_the_payload() {
  mkfifo ready
  bash -c 'set -m; "$0" exec "$1" sh -c "trap \"exit 44\" INT; echo up >ready; while :; do sleep 0.1; done" &
    read -r _ <ready; kill -INT $!; wait $!' "$KERR" "$BUSYBOX" && return 1 || expect_equal 44 $?
}

can_be_killed_while_the_payload_runs() {
  mkfifo ready
  "$KERR" exec "$BUSYBOX" sh -c 'echo up >ready; exec sleep 60' &
  local status=0
  read -r _ <ready
  kill -KILL $!
  wait $! || status=$?
  expect_equal 137 $status
}

# ---- the terminal

on_terminal() { script -qec "$1" /dev/null </dev/null | tr -d '\r'; }

has_the_callers_terminal() {
  expect_equal 'tty' "$(on_terminal "'$KERR' exec '$BUSYBOX' sh -c 'test -t 0 && test -t 1 && test -t 2 && echo tty'")"
  expect_equal 'opened' "$(on_terminal "'$KERR' exec '$BUSYBOX' sh -c 'echo opened >/dev/tty'")"
}

stops_and_continues_as_a_job() {
  cat >job <<END
set -m
"$KERR" exec "$BUSYBOX" sh -c 'kill -STOP \$\$; echo resumed'
echo "status \$?"
jobs
fg
END
  run timeout 30 script -qec 'bash job' /dev/null
  expect_contains 'status 147' "$STDOUT"
  expect_contains 'Stopped' "$STDOUT"
  expect_contains 'resumed' "$STDOUT"
}

# ^C goes to all processes of the terminal's foreground group; the file system must outlive it.
survives_an_interrupt_at_the_terminal() {
  cat >payload <<'END'
trap 'echo interrupted' INT
echo up >ready
i=0
while [ $i -lt 20 ]; do sleep 0.1; i=$((i + 1)); done
/bin/busybox echo 'still served'
END
  mkfifo ready
  { read -r _ <ready; sleep 0.3; printf '\003'; sleep 3; } |
    timeout 30 script -qec "'$KERR' exec '$BUSYBOX' sh ./payload" /dev/null >said
  expect_contains interrupted "$(cat said)"
  expect_contains 'still served' "$(cat said)"
}

it "passes the payload's exit status" passes_exit_statuses
it "dies by the payload's signal" dies_by_the_payloads_signal
it 'is the process that the caller started' keeps_the_process
it 'keeps parent, session and process group' keeps_parent_session_and_group
it 'gives the payload no children of its own' has_no_strange_children
it 'passes every word as it is' passes_every_word_as_it_is
it 'passes bytes that are no characters' passes_bytes_that_are_no_characters
it 'passes options after the image to the payload' passes_options_after_the_image_to_the_payload
it 'takes -- before the image' takes_a_double_dash_before_the_image
it 'passes a megabyte of arguments' passes_a_megabyte_of_arguments
it "finds commands in the container's PATH" finds_commands_in_the_containers_path
it 'names a command that the image lacks' names_a_command_that_the_image_lacks
it 'names a file that cannot be executed' names_a_file_that_cannot_be_executed
it 'names a program that cannot start' names_a_program_that_cannot_start
it 'runs scripts that have no first line' runs_scripts_without_a_first_line
it 'runs scripts by their first line' runs_scripts_by_their_first_line
it 'copies binary data through' copies_binary_data_through
it 'ends a pipeline when the payload ends' ends_with_the_payload_in_a_pipeline
it 'dies of a closed pipe like any program' dies_of_a_closed_pipe
it 'leaves standard input to the payload' leaves_standard_input_to_the_payload
it 'passes inherited descriptors' passes_inherited_descriptors
it 'passes no descriptor of its own' passes_no_descriptor_of_its_own
it 'works with standard descriptors closed' works_with_standard_descriptors_closed
it 'passes the umask' passes_the_umask
it 'passes resource limits' passes_resource_limits
it 'works with twenty descriptors' works_with_twenty_descriptors
it 'works with 2 GB of address space' works_with_little_address_space
it 'says that a limit is too low' says_that_a_limit_is_too_low
it 'passes niceness and affinity' passes_niceness_and_affinity
it 'starts whatever signals are ignored' starts_whatever_signals_are_ignored_or_blocked
it 'keeps ignored signals ignored' keeps_ignored_signals_ignored
it 'delivers signals to the payload' delivers_signals_to_the_payload
it 'delivers interrupts to the payload' delivers_interrupts_to_the_payload
it 'can be killed while the payload runs' can_be_killed_while_the_payload_runs
if command -v script >/dev/null; then
  it "has the caller's terminal" has_the_callers_terminal
  it 'stops and continues as a job of the shell' stops_and_continues_as_a_job
  it 'survives an interrupt at the terminal' survives_an_interrupt_at_the_terminal
else
  skip 'job control at a terminal' 'there is no program script (Debian: bsdutils)'
fi
