#!/usr/bin/env bash
# Instances: containers in the background, by name. What is killed leaves nothing.
# What stands in single quotes is for the payload's shell.
# shellcheck disable=SC2016
. "$(dirname "$0")/lib.sh"
. "$E2E/fixtures/common.sh"
. "$E2E/fixtures/instances.sh"
KILLED=${KILLED:-15}
AT_ONCE=${AT_ONCE:-32}

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

# Whoever enters is limited as those inside are, and the groups go with the instance.
is_limited_with_who_enters() {
  local group
  "$KERR" --quiet instance start --pids-limit 20 "$IMAGE" one
  group=$(grep pids "/proc/$(pid_of one)/cgroup" || cat "/proc/$(pid_of one)/cgroup")
  expect_contains kerr- "$group"
  expect_equal "$group" "$(inside one grep -F "$group" /proc/self/cgroup)"
  run inside one sh -c 'i=0; while [ $i -lt 40 ]; do sleep 5 & i=$((i + 1)); done; echo all of them'
  [[ $STDERR == *fork* || $STDERR == *'esource temporarily unavailable'* ]] || e2e_show 'expected too many processes' inside
  expect_stdout_contains '"source": "control groups"' "$KERR" instance stats --json --no-stream one
  stop one
  eventually has_no_group "${group##*/}"
}

has_no_group() { [ -z "$(find /sys/fs/cgroup -type d -name "$1" 2>/dev/null)" ]; }

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
  [ $((SECONDS - begun)) -lt 60 ]
}

stops_an_empty_one_at_once() {
  local begun=$SECONDS
  start one true
  "$KERR" --quiet instance stop --timeout 120 one
  [ $((SECONDS - begun)) -lt 100 ]
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

# An init of the image's own is process 1, and does as its table says.
boots() {
  build booted.sif <<END
Bootstrap: localimage
From: $BUSYBOX
%post
  mkdir -p /sbin
  ln -s /bin/busybox /sbin/init
  printf '::sysinit:/bin/touch /ran\n::respawn:/bin/sleep 5431\n' >/etc/inittab
END
  if ! is_root; then
    expect_fatal '--boot requires root privileges' "$KERR" instance start --boot booted.sif one
    return
  fi
  "$KERR" instance start --boot --writable-tmpfs booted.sif one
  eventually "$KERR" exec instance://one test -e /ran
  expect_stdout /bin/busybox "$KERR" exec instance://one readlink /proc/1/exe
  eventually expect_stdout_contains 'sleep 5431' "$KERR" exec instance://one ps
  "$KERR" instance stop --force one
  eventually has_no_record one
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
if "$KERR" exec --pids-limit 50 "$IMAGE" true 2>/dev/null; then
  alone 'is limited, with those who enter' is_limited_with_who_enters
else
  skip 'is limited, with those who enter' "there are no control groups that $(id -un) may use"
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
alone "boots the image's own init" boots
alone "shows others' to root alone" shows_others_to_root_alone
alone 'is forgotten when it is killed' forgets_the_killed
alone 'gets signals from outside' passes_signals_on_from_outside
alone 'goes on without its image' goes_on_without_its_image
alone 'gives a name to one of eight' gives_a_name_to_one
by_one user "has $AT_ONCE at once" leaves_nothing_of_many
alone "leaves nothing when it is killed, $KILLED times" leaves_nothing_when_killed
[ ! -e "$SCRATCH/counted" ] || cat "$SCRATCH/counted"
