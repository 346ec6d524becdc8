#!/usr/bin/env bash
# Instances: containers that stay in the background under a name. Nothing is ever entered that is not what was recorded,
# and whatever is killed leaves nothing.
# What stands in single quotes is for the payload's shell.
# shellcheck disable=SC2016
. "$(dirname "$0")/lib.sh"
. "$E2E/fixtures/common.sh"
export KERR_CONFIGDIR=$SCRATCH/kerr
RECORDS=$KERR_CONFIGDIR/instances/$(cat /proc/sys/kernel/hostname)/$(id -un)
LOGS=$KERR_CONFIGDIR/instances/logs/$(cat /proc/sys/kernel/hostname)/$(id -un)
IMAGE=$SCRATCH/service.sif
KILLED=${KILLED:-50}
AT_ONCE=${AT_ONCE:-32}

# An image whose start script does what its arguments say.
make_image() {
  build "$IMAGE" <<END
Bootstrap: localimage
From: $BUSYBOX
%startscript
    echo "started as \$(id -un): \$*"
    echo complaint >&2
    if [ \$# -gt 0 ]; then exec "\$@"; fi
%runscript
    echo "ran with \$*"
    if [ \$# -gt 0 ]; then exec "\$@"; fi
END
}

start() { "$KERR" --quiet instance start "$IMAGE" "$@"; }
stop() { "$KERR" --quiet instance stop --force "$@"; }
inside() { "$KERR" exec "instance://$1" "${@:2}"; }
pid_of() { "$KERR" instance list --json "$1" | sed -n 's/.*"pid": \([0-9]*\).*/\1/p'; }
outer_of() { awk '{ print $4 }' "/proc/$1/stat"; }
names() { "$KERR" instance list "$@" | awk 'NR > 1 { print $1 }'; }
is_gone() { [ ! -e "/proc/$1" ] || grep -q '^State:.Z' "/proc/$1/status"; }
is_not_listed() { [ -z "$(names "$1")" ]; }
has_no_record() { [ ! -e "$RECORDS/$1.json" ]; }
log_has() { grep -q "$2" "$LOGS/$1"; }

# ---- start, list, enter, stop

starts_and_is_listed() {
  expect_stderr_contains 'INFO:    instance started successfully' "$KERR" instance start "$IMAGE" one
  local pid
  pid=$(pid_of one)
  expect_stdout "INSTANCE NAME    PID$(printf "%$((${#pid} < 3 ? 3 : ${#pid} + 1))s" '')IP    IMAGE
one              $pid$(printf "%$((${#pid} < 3 ? 7 - ${#pid} : 10))s" '')$IMAGE" "$KERR" instance list
  expect_stdout "{
	\"instances\": [
		{
			\"instance\": \"one\",
			\"pid\": $pid,
			\"img\": \"$IMAGE\",
			\"ip\": \"\",
			\"logErrPath\": \"$LOGS/one.err\",
			\"logOutPath\": \"$LOGS/one.out\"
		}
	]
}" "$KERR" instance list --json
  expect_stdout_contains "$LOGS/one.err" "$KERR" instance list --logs
  expect_stdout_contains "  $LOGS/one.out" "$KERR" instance list --logs
  expect_equal one "$(names 'o?e')"
  expect_equal '' "$(names 'two*')"
  stop one
  is_not_listed one
  is_gone "$pid"
  has_no_record one
}

says_nothing_if_quiet() {
  expect_silent "$KERR" --quiet instance start "$IMAGE" one
  stop one
}

runs_the_startscript() {
  start one echo 'a  b' c
  eventually log_has one.out '^a  b c'
  expect_contains "started as $(id -un): echo a  b c
a  b c" "$(cat "$LOGS/one.out")"
  expect_contains complaint "$(cat "$LOGS/one.err")"
  expect_equal 644 "$(stat -c %a "$LOGS/one.out")"
  expect_equal 600 "$(stat -c %a "$RECORDS/one.json")"
  expect_equal '700 700' "$(echo $(stat -c %a "$RECORDS" "$LOGS"))"
  expect_equal one "$(names)"
  stop one
}

runs_the_runscript() {
  "$KERR" instance run "$IMAGE" one sh -c 'echo $KERR_COMMAND $KERR_INSTANCE'
  eventually log_has one.out 'run one'
  expect_contains 'ran with sh -c' "$(cat "$LOGS/one.out")"
  stop one
}

stays_when_its_program_has_ended() {
  start well true
  start ill sh -c 'exit 3'
  start killed sh -c 'kill -9 $$'
  sleep 0.3
  expect_equal 'ill killed well' "$(echo $(names))"
  stop --all
  expect_equal '' "$(names)"
}

is_entered() {
  start one
  expect_stdout hello inside one echo hello
  expect_status 7 inside one sh -c 'exit 7'
  run inside one sh -c 'kill -KILL $$'
  expect_equal 137 "$STATUS"
  expect_failure 255 'executable file not found' inside one no-such-program
  expect_equal input "$(echo input | "$KERR" exec instance://one cat)"
  expect_stdout "$(id -u) $(id -g) $(id -un)" inside one sh -c 'echo $(id -u) $(id -g) $(id -un)'
  expect_stdout "$PWD" inside one pwd
  expect_stdout /etc "$KERR" exec --cwd /etc instance://one pwd
  expect_stdout "$HOME one exec" inside one sh -c 'echo $HOME $APPTAINER_INSTANCE $KERR_COMMAND'
  expect_stdout 'x y' env SINGULARITYENV_A=x "$KERR" exec --env B=y instance://one sh -c 'echo $A $B'
  expect_stdout_contains 'ran with echo z' "$KERR" run instance://one echo z
  expect_stdout 'in a shell' "$KERR" shell instance://one -c 'echo in a shell'
  expect_status 0 "$KERR" test instance://one
  stop one
}

# Who enters is where the processes of the instance are, in all namespaces, and has no more rights than they.
is_entered_wholly() {
  local look='for i in user mnt pid ipc uts net cgroup; do readlink /proc/self/ns/$i; done; grep -E "^(Cap|NoNewPrivs|Seccomp:|Uid|Gid)" /proc/self/status; stat -c %d:%i /'
  start one sh -c "{ $look; } >&2; sleep 1000"
  eventually log_has one.err Gid
  sleep 0.2
  expect_stdout "$(grep -v complaint "$LOGS/one.err")" inside one sh -c "$look"
  stop one
}

is_seen_by_who_enters() {
  start one sh -c 'exec sleep 4321'
  eventually log_has one.out sleep
  expect_stdout_contains 'kerr-init' inside one ps -o pid,comm
  expect_stdout_contains 'sleep 4321' inside one ps -o args
  inside one sh -c 'touch /tmp/kerr-e2e-instance; trap "" HUP; sleep 8765 & :'
  expect_stdout_contains 'sleep 8765' inside one ps -o args
  rm /tmp/kerr-e2e-instance
  expect_stdout '' sh -c 'true' # nothing but the instance ends with it
  stop one
}

keeps_two_apart() {
  start one sh -c 'exec sleep 1111'
  start two sh -c 'exec sleep 2222'
  sleep 0.2
  expect_equal 'one two' "$(echo $(names))"
  expect_equal '' "$(inside one ps -o args | grep 'sleep 2222' || true)"
  expect_equal '' "$(inside two ps -o args | grep 'sleep 1111' || true)"
  stop one
  expect_stdout still inside two echo still
  stop two
}

has_its_own_temporary_root() {
  "$KERR" --quiet instance start --writable-tmpfs "$IMAGE" one
  inside one sh -c 'echo kept >/file'
  expect_stdout kept inside one cat /file
  stop one
}

has_what_it_was_started_with() {
  mkdir data
  echo bound >data/file
  "$KERR" --quiet instance start --bind "$PWD/data:/mnt" --contain --hostname inner "$IMAGE" one
  expect_stdout bound inside one cat /mnt/file
  expect_stdout inner inside one hostname
  expect_stdout /mnt inside one sh -c 'echo $KERR_BIND'
  stop one
}

refuses_what_cannot_change_it() {
  local option
  start one
  for option in --bind=/usr --contain --fakeroot --writable-tmpfs --nv; do
    expect_fatal "option ${option%=*} cannot change an instance that is running" "$KERR" exec $option instance://one true
  done
  stop one
}

is_fakeroot_for_all() {
  "$KERR" --quiet instance start --fakeroot --writable-tmpfs "$IMAGE" one
  expect_stdout 0 inside one id -u
  inside one sh -c 'touch /owned && chown 12:34 /owned'
  expect_stdout 12:34 inside one stat -c %u:%g /owned
  stop one
}

refuses_names() {
  local name
  for name in a/b 'a b' '' ../x 'ä' "$(printf '%0300d' 0)"; do
    expect_fatal 'is no name for an instance' "$KERR" instance start "$IMAGE" "$name"
  done
  expect_fatal 'is no name for an instance' "$KERR" exec instance:// true
  expect_fatal 'no instance found with name nope' "$KERR" exec instance://nope true
  expect_usage_error 'instance start needs a name' "$KERR" instance start "$IMAGE"
  start ..
  expect_equal .. "$(names)"
  stop ..
}

refuses_a_name_that_is_taken() {
  start one
  expect_fatal 'instance one already exists' "$KERR" instance start "$IMAGE" one
  expect_stdout still inside one echo still
  stop one
}

fails_whole() {
  expect_no_leftovers fails_in_many_ways
  expect_equal '' "$(names)"
}

fails_in_many_ways() {
  expect_fatal nowhere "$KERR" instance start "$SCRATCH/nowhere.sif" one
  expect_fatal /no/such "$KERR" instance start --bind /no/such/thing "$IMAGE" one
  expect_fatal /no/such "$KERR" instance start --pid-file /no/such/file "$IMAGE" one
  mkdir "$LOGS/dir.out"
  expect_fatal dir.out "$KERR" instance start "$IMAGE" dir
  rmdir "$LOGS/dir.out"
  ln -s "$PWD/elsewhere" "$LOGS/link.out"
  expect_fatal link.out "$KERR" instance start "$IMAGE" link
  rm "$LOGS/link.out"
  [ ! -e elsewhere ]
  has_no_record one
}

writes_its_number() {
  "$KERR" --quiet instance start --pid-file pid "$IMAGE" one
  expect_equal "$(pid_of one)" "$(cat pid)"
  stop one
}

holds_nothing_of_the_caller() {
  local pid
  expect_equal '' "$(timeout 20 "$KERR" --quiet instance start "$IMAGE" one sleep 1000 9<"$E2E/lib.sh" 2>&1)"
  pid=$(pid_of one)
  expect_equal '' "$(find "/proc/$pid/fd" "/proc/$(outer_of "$pid")/fd" -lname '*lib.sh' -o -lname 'pipe:*' -o -lname '/dev/pts/*')"
  expect_equal "Kerr instance: $(id -un) [one]" "$(tr '\0' '\n' <"/proc/$(outer_of "$pid")/cmdline" | head -n 1)"
  expect_equal 1 "$(outer_of "$(outer_of "$pid")")"
  expect_stdout 'no descriptors' inside one sh -c 'for fd in /proc/$$/fd/*; do
    case $(readlink $fd) in *anon_inode* | /proc | *ns/*) echo $fd ;; esac; done; echo no descriptors'
  stop one
}

reaps_orphans() {
  start one sh -c 'for i in 1 2 3 4 5 6 7 8; do (true &) ; done; sleep 1000'
  sleep 0.5
  expect_equal '' "$(inside one ps -o stat | grep Z || true)"
  stop one
}

# ---- stop

asks_first() {
  start one sh -c 'trap "echo asked; exit 0" INT; while :; do sleep 0.1; done'
  eventually log_has one.out 'started as'
  sleep 0.3
  expect_stderr_contains "INFO:    Stopping one instance of $IMAGE (PID=$(pid_of one))" "$KERR" instance stop one
  expect_contains asked "$(cat "$LOGS/one.out")"
  expect_equal '' "$(names)"
  start one sh -c 'trap "echo termed; exit 0" TERM; while :; do sleep 0.1; done'
  sleep 0.3
  expect_status 0 "$KERR" instance stop --signal SIGTERM one
  expect_contains termed "$(cat "$LOGS/one.out")"
}

ends_what_does_not_listen() {
  local begun=$SECONDS
  start one sh -c 'trap "" INT; while :; do sleep 0.1; done'
  sleep 0.3
  expect_stderr_contains '(Timeout)' "$KERR" instance stop --timeout 1 one
  expect_equal '' "$(names)"
  start one sh -c 'trap "" INT TERM; while :; do sleep 0.1; done'
  sleep 0.2
  expect_status 0 "$KERR" instance stop -F one
  [ $((SECONDS - begun)) -lt 9 ]
}

stops_an_empty_one_at_once() {
  local begun=$SECONDS
  start one true
  "$KERR" --quiet instance stop one
  [ $((SECONDS - begun)) -lt 5 ]
}

stops_by_pattern() {
  start a1
  start a2
  start b1
  expect_status 0 "$KERR" instance stop 'a*'
  expect_equal b1 "$(names)"
  expect_status 0 "$KERR" instance stop --all
  expect_equal '' "$(names)"
  expect_usage_error 'no instance found' "$KERR" instance stop --all
  expect_usage_error 'no instance found' "$KERR" instance stop one
  expect_usage_error 'needs a name' "$KERR" instance stop
  expect_usage_error 'instance needs' "$KERR" instance frobnicate
  start one
  expect_fatal 'is no signal' "$KERR" instance stop --signal SIGNOTHING one
  expect_fatal 'is no time' "$KERR" instance stop --timeout soon one
  stop one
}

tells_its_usage() {
  start one sh -c 'while :; do :; done'
  run "$KERR" instance stats --no-stream one
  expect_contains 'INSTANCE NAME    CPU USAGE' "$STDOUT"
  expect_contains one "$STDOUT"
  run "$KERR" instance stats --no-stream --json one
  expect_contains '"pids": 2' "$STDOUT"
  [ "$(sed -n 's/.*"cpuPercent": \([0-9]*\).*/\1/p' <<<"$STDOUT")" -gt 5 ] || e2e_show 'expected a busy processor'
  stop one
}

shows_others_to_root_alone() {
  if is_root; then
    expect_stdout_contains 'INSTANCE NAME' "$KERR" instance list --user root
    expect_fatal 'knows no user' "$KERR" instance list --user no-such-user
  else
    expect_fatal 'only root' "$KERR" instance list --user root
  fi
}

# ---- what is killed leaves nothing

forgets_the_killed() {
  local pid outer
  start one sh -c 'exec sleep 5432'
  pid=$(pid_of one)
  outer=$(outer_of "$pid")
  kill -KILL "$pid"
  eventually has_no_record one
  eventually is_gone "$outer"
  start one sh -c 'exec sleep 5432'
  pid=$(pid_of one)
  kill -KILL "$(outer_of "$pid")"
  eventually is_gone "$pid"
  [ -e "$RECORDS/one.json" ]
  expect_equal '' "$(names)"
  has_no_record one
  start one
  kill -KILL "$(outer_of "$(pid_of one)")"
  eventually is_gone "$(sed 's/.*"pid": \([0-9]*\).*/\1/' "$RECORDS/one.json")"
  start one
  expect_stdout again inside one echo again
  stop one
}

passes_signals_on_from_outside() {
  start one sh -c 'trap "echo asked; exit 0" TERM; while :; do sleep 0.1; done'
  sleep 0.3
  kill -TERM "$(outer_of "$(pid_of one)")"
  eventually has_no_record one
  expect_contains asked "$(cat "$LOGS/one.out")"
}

goes_on_without_its_image() {
  cp "$IMAGE" gone.sif
  "$KERR" --quiet instance start gone.sif one
  rm gone.sif
  expect_stdout still inside one echo still
  expect_stdout_contains bin inside one ls /
  stop one
}

# A start that is killed is there whole, and listed, or leaves nothing: not later than two seconds on.
start_and_kill() {
  "$KERR" --quiet instance start "$IMAGE" victim sleep 1000 2>/dev/null &
  local starter=$! victims
  sleep "0.$(printf '%03d' $((RANDOM % 500)))"
  case $((RANDOM % 4)) in
    0 | 1) victims=$starter ;;
    2) victims=$(pgrep -u "$(id -u)" -f '^Kerr instance: .*victim' || true) ;;
    *) victims=$(pgrep -u "$(id -u)" -f "$KERR.*instance start $IMAGE victim" | shuf -n 1 || true) ;;
  esac
  # shellcheck disable=SC2086
  [ -z "$victims" ] || kill -KILL $victims 2>/dev/null || true
  wait "$starter" 2>/dev/null || true
}

is_there_or_nothing_is() {
  if [ -n "$(names victim)" ]; then
    inside victim true
  else
    [ -z "$(pgrep -u "$(id -u)" -f "^Kerr instance: .*victim|$KERR.*instance start $IMAGE victim|^kerr-init")" ]
  fi
}

killed_at_random() {
  local round left=0 end=$((SECONDS + 240))
  for round in $(seq "$KILLED"); do
    start_and_kill
    eventually is_there_or_nothing_is
    if [ -n "$(names victim)" ]; then
      left=$((left + 1))
      if [ $((round % 2)) = 0 ]; then
        "$KERR" --quiet instance stop victim &
        sleep "0.$(printf '%03d' $((RANDOM % 300)))"
        kill -KILL $! 2>/dev/null || true
        wait $! 2>/dev/null || true
        eventually is_there_or_nothing_is
      fi
      [ -z "$(names victim)" ] || stop victim
    fi
    is_not_listed victim
    [ $SECONDS -lt $end ] || break
  done 2>/dev/null
  [ "$round" -ge $((KILLED / 2)) ] || e2e_unexpected "only $round rounds"
  echo "# $round starts killed, $left of them too late" >>"$SCRATCH/counted"
}

leaves_nothing_when_killed() {
  "$KERR" exec "$IMAGE" true
  sleep 2
  expect_no_leftovers killed_at_random
  expect_equal '' "$(ls -A "$RECORDS")"
}

# ---- many at once

gives_a_name_to_one() {
  local i pids=() won=0
  for i in $(seq 8); do
    "$KERR" --quiet instance start "$IMAGE" same sh -c "echo winner $i; exec sleep 1000" 2>"err$i" &
    pids+=($!)
  done
  for i in $(seq 8); do
    if wait "${pids[i - 1]}"; then
      won=$((won + 1))
    else
      expect_contains 'instance same already exists' "$(cat "err$i")"
    fi
  done
  expect_equal 1 "$won"
  expect_equal same "$(names)"
  eventually log_has same.out '^winner'
  expect_equal 1 "$(grep -c '^winner' "$LOGS/same.out")"
  expect_stdout_contains 'sleep 1000' inside same ps -o args
  stop same
}

each_of_many() {
  local name=many$1
  start "$name" sh -c "echo $name; exec sleep 1000" || return
  [ "$(names "$name")" = "$name" ] || return
  [ "$(inside "$name" sh -c 'echo $KERR_INSTANCE')" = "$name" ] || return
  "$KERR" --quiet instance stop --signal SIGTERM "$name"
}

has_many_at_once() {
  local i pids=()
  for i in $(seq "$AT_ONCE"); do
    each_of_many "$i" >"out$i" 2>&1 &
    pids+=($!)
  done
  for i in $(seq "$AT_ONCE"); do
    wait "${pids[i - 1]}" || e2e_unexpected "instance $i: $(cat "out$i")"
    expect_equal '' "$(cat "out$i")"
  done
  expect_equal '' "$(names)"
}

leaves_nothing_of_many() { expect_no_leftovers has_many_at_once; }

# ---- records that lie

# edit FROM TO: the record of `one` as `forged`, changed; FROM is an extended regular expression.
forge() { sed -E -e 's/"name":"one"/"name":"forged"/' -e "$1" "$RECORDS/one.json" >"$RECORDS/forged.json"; }

is_never_entered() {
  echo "# forged: $1"
  forge "$1"
  ! cmp -s "$RECORDS/forged.json" "$SCRATCH/honest" || e2e_unexpected "nothing was forged by $1"
  run inside forged echo entered
  [ "$STATUS" = 255 ] && [ -z "$STDOUT" ] || e2e_show "a forged record was entered: $1" inside forged
  expect_equal '' "$(names forged)"
}

refuses_forged_records() {
  local field other one sibling
  start one sleep 1000
  start two sleep 1000
  one=$RECORDS/one.json
  forge 's/x/x/'
  cp "$RECORDS/forged.json" "$SCRATCH/honest"
  expect_stdout entered inside forged echo entered # what is not changed is entered: the cases below can fail
  sleep 1000 &
  sibling=$!
  is_never_entered 's/"pid": [0-9]+/"pid": 1/'
  is_never_entered 's/"pid": [0-9]+/"pid": 2/'
  is_never_entered 's/"pid": [0-9]+/"pid": 0/'
  is_never_entered 's/"pid": [0-9]+/"pid": -1/'
  is_never_entered 's/"pid": [0-9]+/"pid": 99999999999/'
  is_never_entered "s/\"pid\": [0-9]+/\"pid\": $$/"
  is_never_entered "s/\"pid\": [0-9]+/\"pid\": $sibling/"
  is_never_entered "s/\"pid\": [0-9]+/\"pid\": $(pid_of two)/"
  is_never_entered "s/\"pid\": [0-9]+/\"pid\": $(outer_of "$(pid_of one)")/"
  # all that is known of a process of the caller's own that is in no container
  is_never_entered "s/\"pid\": [0-9]+/\"pid\": $sibling/;s/\"startTime\": [0-9]+/\"startTime\": $(awk '{ print $22 }' /proc/$sibling/stat)/;s/(\"namespaces\": ).*/\1$(namespaces_of $sibling)}/"
  is_never_entered 's/"startTime": [0-9]+/"startTime": 1/'
  is_never_entered 's/"startTime": ([0-9]+)/"startTime": 1\1/'
  is_never_entered 's/"bootId": "[0-9a-f]/"bootId": "x/'
  is_never_entered 's/"bootId": "[^"]*"/"bootId": ""/'
  for field in user mnt pid ipc uts net cgroup; do
    is_never_entered "s/\"$field\": ([0-9]+)/\"$field\": 1\1/2;s/\"$field\": ([0-9]+)([,}])/\"$field\": 1\1\2/"
  done
  is_never_entered 's/"namespaces": .*/"namespaces": {}}/'
  is_never_entered 's/"mnt": [0-9]+, //'
  is_never_entered 's/, "pid": [0-9]+, "ipc"/, "ipc"/'
  is_never_entered 's/"version":1/"version":2/'
  is_never_entered 's/"name":"forged"/"name":"one"/'
  is_never_entered 's/"name":"forged"/"name":"..\/one"/'
  is_never_entered 's/.{100}$//'
  is_never_entered '1d'
  other=$(pgrep -u "$(is_root && echo kerr-demo || echo root)" -n . || echo 1)
  is_never_entered "s/\"pid\": [0-9]+/\"pid\": $other/;s/\"startTime\": [0-9]+/\"startTime\": $(awk '{ print $22 }' "/proc/$other/stat")/"
  forge 's/"entry":\[.*\], "pid"/"entry":[["NO_SUCH"]], "pid"/'
  expect_fatal 'another version of Kerr' inside forged echo entered
  expect_stdout still inside one echo still
  kill $sibling
  wait $sibling || true
  rm -f "$RECORDS/forged.json"
  stop one
  stop two
  [ ! -e "$one" ]
}

namespaces_of() {
  local kind text=
  for kind in user mnt pid ipc uts net cgroup; do
    text="$text${text:+, }\"$kind\": $(readlink "/proc/$1/ns/$kind" | tr -dc 0-9)"
  done
  echo "{$text}"
}

# The C program believes no plan either, from wherever that has its numbers.
refuses_forged_plans() {
  local pid start boot fact
  cc -std=c17 -I"$E2E/../starter" "$E2E/../starter/test/tool/make_plan.c" -o make_plan
  start one sleep 1000
  pid=$(pid_of one)
  start=$(awk '{ print $22 }' "/proc/$pid/stat")
  boot=$(cat /proc/sys/kernel/random/boot_id)
  sed 's/.*"namespaces": {\(.*\)}}/\1/;s/"\([a-z]*\)": \([0-9]*\)/\1=\2/g;s/, /\t/g' "$RECORDS/one.json" >facts
  joins "$pid" "$start" "$boot" "$(cat facts)"
  expect_equal '0 entered' "$STATUS $STDERR"
  joins "$pid" $((start + 1)) "$boot" "$(cat facts)"
  expect_refused 'another process has its number now'
  joins "$pid" "$start" "${boot%?}x" "$(cat facts)"
  expect_refused 'before the last boot'
  joins 1 "$start" "$boot" "$(cat facts)"
  expect_refused ''
  joins 0 "$start" "$boot" "$(cat facts)"
  expect_refused 'names no process'
  joins 4194304 "$start" "$boot" "$(cat facts)"
  expect_refused 'it has ended'
  joins $$ "$(awk '{ print $22 }' /proc/$$/stat)" "$boot" "$(namespaces_of $$ | sed 's/[{}"]//g;s/: /=/g;s/, /\t/g')"
  expect_refused 'is in no container'
  for fact in user mnt pid ipc uts net cgroup; do
    joins "$pid" "$start" "$boot" "$(sed "s/$fact=/&1/" facts)"
    expect_refused 'in other namespaces'
  done
  joins "$pid" "$start" "$boot" 'mnt=x'
  expect_refused ''
  joins "$pid" "$start" "$boot" "time=1"
  expect_refused ''
  stop one
  joins "$pid" "$start" "$boot" "$(cat facts)"
  expect_refused 'it has ended'
}

# joins PID START BOOT NAMESPACES: what is printed in a step comes as a message.
joins() {
  local none=0000000000000000
  printf 'JOIN\tone\t%s\t%s\t%s\t%s\nPRIVILEGES\t1\t0\t%s\t%s\t%s\nEXEC\t0\t/bin/echo\tentered\n' "$@" $none $none $none | ./make_plan >plan
  run "$KERR" --perform plan
}

expect_refused() {
  [ "$STATUS" = 255 ] && [[ $STDERR == *"$1"* && $STDERR != *entered* ]] || e2e_show "expected to be refused: $1" join
}

# The number of a process that has ended is had by another.
refuses_a_number_that_is_had_again() {
  local pid attempt other='' hits=0
  start one sleep 1000
  pid=$(pid_of one)
  cp "$RECORDS/one.json" honest
  stop one
  for attempt in $(seq 200); do
    echo $((pid - 1)) >/proc/sys/kernel/ns_last_pid
    sleep 100 &
    other=$!
    if [ $other = "$pid" ]; then
      hits=$((hits + 1))
      cp honest "$RECORDS/one.json"
      expect_fatal 'no instance found' inside one echo entered
      has_no_record one
    fi
    kill $other
    wait $other || true
    [ $hits -lt 3 ] || break
  done 2>/dev/null
  [ $hits -gt 0 ] || e2e_unexpected "the number $pid was not had again in $attempt attempts"
}

refuses_directories_of_others() {
  start one
  stop one
  chmod 770 "$RECORDS"
  expect_fatal 'alone' "$KERR" instance list
  expect_fatal 'alone' "$KERR" instance start "$IMAGE" one
  expect_fatal 'alone' inside one true
  chmod 700 "$RECORDS"
  if is_root; then
    chown kerr-demo "$RECORDS"
    expect_fatal 'alone' "$KERR" instance start "$IMAGE" one
    chown root "$RECORDS"
  fi
  mv "$RECORDS" "$RECORDS.real"
  ln -s "$RECORDS.real" "$RECORDS"
  expect_fatal 'alone' "$KERR" instance start "$IMAGE" one
  rm "$RECORDS"
  mv "$RECORDS.real" "$RECORDS"
}

# A program in the instance waits for whoever enters, to look into its memory and its open files before it is a program.
keeps_its_files_from_those_inside() {
  cat >spy.c <<'END'
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
int main(int argc, char **argv) {
    (void)argc;
    for (;;) {
        DIR *processes = opendir("/proc");
        for (struct dirent *entry; (entry = readdir(processes));) {
            const int pid = atoi(entry->d_name);
            if (pid < 2 || pid == getpid()) continue;
            for (int fd = 3; fd < 40; fd++) {
                char path[64], target[256];
                snprintf(path, sizeof path, "/proc/%d/fd/%d", pid, fd);
                const ssize_t n = readlink(path, target, sizeof target - 1);
                if (n <= 0) continue;
                target[n] = 0;
                struct stat theirs, ours;
                const int is_proc = strcmp(target, "/proc") == 0 && stat(path, &theirs) == 0 && stat("/proc", &ours) == 0 &&
                                    theirs.st_dev != ours.st_dev;
                if (is_proc || strstr(target, "anon_inode") || strstr(target, "ns:["))
                    dprintf(1, "%s %s\n", path, target);
            }
        }
        closedir(processes);
        if (access(argv[1], F_OK) == 0) return 0;
    }
}
END
  cc -static -O1 spy.c -o spy
  start one "$PWD/spy" "$PWD/enough"
  local i
  for i in $(seq 40); do inside one /bin/true; done
  touch enough
  sleep 0.3
  expect_equal '' "$(grep '^/proc' "$LOGS/one.out" || true)"
  stop one
}


# alone NAME COMMAND…: one case, that no instance of another is in the way of.
alone() {
  local failed=$E2E_FAILED
  it "$@"
  [ "$E2E_FAILED" = "$failed" ] || "$KERR" --quiet instance stop --force --all 2>/dev/null || true
}

make_image
alone 'starts, and is listed' starts_and_is_listed
alone 'says nothing if that is wanted' says_nothing_if_quiet
alone "runs the image's start script" runs_the_startscript
alone "runs the image's runscript" runs_the_runscript
alone 'stays when its program has ended, however' stays_when_its_program_has_ended
alone 'is entered by name' is_entered
alone 'is entered wholly, with its rights' is_entered_wholly
alone 'shows its processes to who enters' is_seen_by_who_enters
alone 'is apart from another' keeps_two_apart
alone 'keeps its changes for those who enter' has_its_own_temporary_root
alone 'has what it was started with' has_what_it_was_started_with
alone 'refuses what cannot change it' refuses_what_cannot_change_it
if is_root || grep -q "^$(id -un):" /etc/subuid 2>/dev/null; then
  alone 'is fakeroot for all who enter' is_fakeroot_for_all
else
  skip 'is fakeroot for all who enter' "there is no range for $(id -un) in /etc/subuid"
fi
alone 'refuses what is no name' refuses_names
alone 'refuses a name that is taken' refuses_a_name_that_is_taken
alone 'fails whole' fails_whole
alone 'writes its number' writes_its_number
alone 'holds nothing of the caller' holds_nothing_of_the_caller
alone 'reaps orphans' reaps_orphans
alone 'is asked to end' asks_first
alone 'is ended if it does not listen' ends_what_does_not_listen
alone 'is stopped at once if it is empty' stops_an_empty_one_at_once
alone 'is stopped by a pattern' stops_by_pattern
alone 'tells what it uses' tells_its_usage
alone "shows others' to root alone" shows_others_to_root_alone
alone 'is forgotten when it is killed' forgets_the_killed
alone 'gets signals from outside' passes_signals_on_from_outside
alone 'goes on without its image' goes_on_without_its_image
alone 'refuses records that lie' refuses_forged_records
alone 'refuses plans that lie' refuses_forged_plans
if is_root; then
  alone 'refuses a number that another process has now' refuses_a_number_that_is_had_again
else
  skip 'refuses a number that another process has now' 'only root chooses the number of the next process'
fi
alone 'refuses directories that may be of others' refuses_directories_of_others
alone 'keeps its files from those inside' keeps_its_files_from_those_inside
alone 'gives a name to one of eight' gives_a_name_to_one
alone "has $AT_ONCE at once" leaves_nothing_of_many
alone "leaves nothing when it is killed, $KILLED times" leaves_nothing_when_killed
[ ! -e "$SCRATCH/counted" ] || cat "$SCRATCH/counted"
