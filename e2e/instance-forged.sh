#!/usr/bin/env bash
# Instances that are none: records and plans that lie, numbers that others have now. Nothing but what was recorded is entered.
# What stands in single quotes is for the payload's shell.
# shellcheck disable=SC2016
. "$(dirname "$0")/lib.sh"
. "$E2E/fixtures/common.sh"
. "$E2E/fixtures/instances.sh"

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
  for i in $(seq 15); do inside one /bin/true; done
  touch enough
  sleep 0.3
  expect_equal '' "$(grep '^/proc' "$LOGS/one.out" || true)"
  stop one
}

make_image
alone 'refuses records that lie' refuses_forged_records
alone 'refuses plans that lie' refuses_forged_plans
if is_root; then
  alone 'refuses a number that another process has now' refuses_a_number_that_is_had_again
else
  skip 'refuses a number that another process has now' 'only root chooses the number of the next process'
fi
alone 'refuses directories that may be of others' refuses_directories_of_others
alone 'keeps its files from those inside' keeps_its_files_from_those_inside
