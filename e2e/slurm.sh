#!/usr/bin/env bash
# Jobs of a real Slurm: kerr in their tasks, and kerr-oci as the runtime of `srun --container`. What stands in single
# quotes is for the payload's shell.
# shellcheck disable=SC2016
. "$(dirname "$0")/fixtures/slurm.sh"
[ -n "$(slurm_lacks)" ] || slurm_box
. "$(dirname "$0")/lib.sh"
. "$E2E/fixtures/common.sh"
reason=$(slurm_lacks)
if [ -n "$reason" ]; then
  skip 'launches in jobs of Slurm' "$reason"
  exit 0
fi

GUIDE=${E2E%/*}/docs/user/oci-runtime.md
BUNDLE=$WORK/bundle
OCI_ROOT=/tmp/kerr-$SLURM_USER

srun_user() { as_slurm_user timeout 60 srun "$@"; }
kerr_user() { as_slurm_user "$KERR" "$@"; }
keepers() { kerr_user mount list | awk '$1 != "KEEPER" { print $1 }'; }

# What runs for the user in this box, but for those who submit.
of_user() { ps -u "$SLURM_USER" -o pid=,args= | grep -vE ' (timeout|srun|sbatch|setpriv|ps|env) |grep' || true; }
nothing_of_user() { [ -z "$(of_user)" ]; }
no_jobs() { [ -z "$(squeue -h)" ]; }
is_there() { [ -e "$1" ]; }

# A keeper that is killed with its control group leaves the name of its socket, which whoever looks removes.
nothing_is_left() {
  slurm_until no_jobs
  slurm_until nothing_of_user
  ! slurm_has_groups || kerr_user mount list >/dev/null
  expect_equal '' "$(ls "/dev/shm/kerr-mounts-$(id -u $SLURM_USER)" 2>/dev/null || true)"
}

# begin NAME COMMAND…: submits in the background, and waits until the payload has made the file up.NAME in WORK.
begin() {
  local name=$1
  shift
  rm -f "$WORK/up.$name" "$WORK/go.$name"
  srun_user --job-name "$name" --nodelist kerr0 "$@" >"$WORK/$name.out" 2>"$WORK/$name.err" &
  BEGUN=$!
  slurm_until is_there "$WORK/up.$name"
}

WAITS='touch up.$SLURM_JOB_NAME; while ! [ -e go.$SLURM_JOB_NAME ]; do sleep 0.1; done'

# ended PID: its status in STATUS.
ended() {
  STATUS=0
  wait "$1" || STATUS=$?
}

cd_work() { cd "$WORK"; }

# ---- kerr in a task

has_variables_of_slurm() {
  cd_work
  local names='env | grep -E "^(SLURM|SRUN)" | cut -d= -f1 | sort'
  srun_user -n 1 sh -c "$names" >/tmp/outside
  srun_user -n 1 "$KERR" exec "$BUSYBOX" sh -c "$names" >/tmp/inside
  [ "$(wc -l </tmp/outside)" -gt 30 ]
  expect_equal "$(cat /tmp/outside)" "$(cat /tmp/inside)"

  expect_equal '0 1 2 3' "$(echo $(srun_user -N 2 -n 4 "$KERR" exec "$BUSYBOX" sh -c 'echo $SLURM_PROCID' | sort))"
}

passes_input() {
  cd_work
  expect_equal words "$(srun_user -n 1 "$KERR" exec "$BUSYBOX" cat </tmp/input)"
}

ends_as_the_payload() {
  cd_work
  expect_status 7 srun_user -n 1 "$KERR" exec "$BUSYBOX" sh -c 'exit 7'
  expect_status 139 srun_user -n 1 "$KERR" exec "$BUSYBOX" sh -c 'kill -SEGV $$'
  expect_stderr_contains 'Segmentation fault' srun_user -n 1 "$KERR" exec --pid "$BUSYBOX" sh -c 'kill -SEGV $$'
  expect_equal 139 "$STATUS"
}

share_one_mount() {
  cd_work
  begin four -n 4 "$KERR" exec "$BUSYBOX" sh -c 'readlink /proc/self/ns/user; touch rank.$SLURM_PROCID; '"$WAITS"
  slurm_until eval '[ "$(ls '"$WORK"'/rank.* | wc -l)" = 4 ]'
  expect_equal 1 "$(keepers | wc -l)"
  expect_stdout_contains ' 4 ' kerr_user mount list
  expect_equal 1 "$(pgrep -cf '^/mnt/dist/lib/kerr/squashfs-server')"
  touch go.four
  ended $BEGUN
  expect_equal 0 "$STATUS"
  expect_equal 4 "$(wc -l <four.out)"
  expect_equal 1 "$(sort -u four.out | wc -l)"
  expect_equal '' "$(cat four.err)"
  nothing_is_left
}

runs_in_batch() {
  cd_work
  cat >job.sh <<JOB
#!/bin/sh
#SBATCH --nodes=2 --ntasks=4
$KERR exec $BUSYBOX sh -c 'echo "batch of \$SLURM_JOB_NUM_NODES"'
srun $KERR exec $BUSYBOX sh -c 'echo rank \$SLURM_PROCID of \$SLURM_NTASKS'
exec $KERR exec $BUSYBOX sh -c 'exit 5'
JOB
  expect_status 5 as_slurm_user sbatch --wait --output="$WORK/batch.out" job.sh
  expect_equal 'batch of 2' "$(head -1 batch.out)"
  expect_equal 'rank 0 of 4 rank 1 of 4 rank 2 of 4 rank 3 of 4' "$(echo $(tail -n +2 batch.out | sort))"
  nothing_is_left
}

ends_with_scancel() {
  cd_work
  local options
  for options in '' '--pid' '--contain --pid --fakeroot'; do
    begin cancelled -n 2 "$KERR" exec $options --bind "$WORK" "$BUSYBOX" \
      sh -c "cd $WORK; touch up.cancelled; sleep 50; true"
    as_slurm_user scancel --name cancelled
    ended $BEGUN
    expect_equal 143 "$STATUS"
    nothing_is_left
  done
}

# A job that is ended takes no mount away from another.
outlives_the_job_that_made_it() {
  cd_work
  local first keeper
  begin first -n 1 "$KERR" exec "$BUSYBOX" sh -c "$WAITS"
  first=$BEGUN
  begin second -n 1 "$KERR" exec "$BUSYBOX" sh -c "$WAITS"'; /bin/busybox echo still served'
  keeper=$(keepers)
  expect_equal 1 "$(echo "$keeper" | wc -l)"
  as_slurm_user scancel --signal=KILL --name first
  ended "$first"
  [ "$STATUS" -gt 128 ]
  expect_equal "$keeper" "$(keepers)"
  touch go.second
  ended $BEGUN
  expect_equal 'still served' "$(cat second.out)"
  nothing_is_left
}

# ---- srun --container

# The configuration as the guide prints it, but for where the program is.
guide_configuration() {
  sed -n '/^## Slurm/,/^## A/p' "$GUIDE" | sed -n '/^```/,/^```/{/^```/d;p}' | grep '^RunTime' |
    sed "s,/usr/local/bin/,${KERR%/*}/,"
}

runs_a_bundle() {
  cd_work
  expect_stdout 'inside 0 runs' srun_user -n 1 --job-name=runs --container="$BUNDLE" \
    sh -c 'echo inside $(id -u) $SLURM_JOB_NAME'
  expect_equal '' "$STDERR"
  expect_equal words "$(srun_user -n 1 --container="$BUNDLE" cat </tmp/input)"
  expect_status 7 srun_user -n 1 --container="$BUNDLE" sh -c 'echo said >&2; exit 7'
  expect_contains said "$STDERR"
  expect_equal '' "$(kerr_user oci --root "$OCI_ROOT" list --quiet)"
  expect_equal 2 "$(srun_user -N 2 -n 2 --container="$BUNDLE" echo done | wc -l)"
}

runs_a_batch_in_a_bundle() {
  cd_work
  printf '#!/bin/sh\nls -d /.singularity.d\necho $SLURM_JOB_NAME\nexit 5\n' >job.sh
  expect_status 5 as_slurm_user sbatch --wait --job-name=inner --output="$WORK/batch.out" --container="$BUNDLE" job.sh
  expect_equal '/.singularity.d inner' "$(echo $(grep -v 'RunTimeQuery failed' batch.out))"
  slurm_until no_jobs
}

# cancel_bundle PROGRAM: and nothing is left of it.
cancel_bundle() {
  local directory=$BUNDLE/rootfs/tmp
  rm -f "$directory/up"
  srun_user --job-name bundle -n 1 --container="$BUNDLE" sh -c "$1" >out 2>&1 &
  BEGUN=$!
  slurm_until is_there "$directory/up"
  expect_contains running "$(kerr_user oci --root "$OCI_ROOT" list)"
  as_slurm_user scancel --name bundle
  ended $BEGUN
  nothing_is_left
  expect_equal '' "$(kerr_user oci --root "$OCI_ROOT" list --quiet)"
  expect_equal '' "$(ls "$OCI_ROOT")"
}

ends_a_bundle_with_scancel() {
  cd_work
  cancel_bundle 'trap "echo heard; exit 3" TERM; touch /tmp/up; while :; do sleep 0.1; done'
  expect_contains heard "$(cat out)"
  cancel_bundle 'trap "" TERM; touch /tmp/up; while :; do sleep 0.1; done'
}

runs_roots_bundle() {
  local pid
  cd "$WORK"
  rm -f roots/rootfs/tmp/up
  expect_status 4 timeout 60 srun -n 1 --container="$WORK/roots" sh -c 'echo $(id -u); exit 4'
  expect_equal 0 "$STDOUT"
  timeout 60 srun --job-name bundle -n 1 --container="$WORK/roots" \
    sh -c 'trap "" TERM; touch /tmp/up; while :; do sleep 0.1; done' >/dev/null 2>&1 &
  pid=$!
  slurm_until is_there "$WORK/roots/rootfs/tmp/up"
  scancel --name bundle
  ended $pid
  slurm_until no_jobs
  expect_equal '' "$("$KERR" oci --root /tmp/kerr-root list --quiet)"
  expect_equal '' "$(pgrep -f 'trap .* TERM' || true)"
}

# ---- where Slurm has control groups

in_the_jobs_group() {
  cd_work
  local keeper group
  begin grouped -n 2 --mem=80 "$KERR" exec "$BUSYBOX" sh -c 'cat /proc/self/cgroup; '"$WAITS"
  keeper=$(keepers)
  expect_equal 1 "$(echo "$keeper" | wc -l)"
  group=$(sed -n 's,^[0-9]*:freezer:\(/slurm_kerr0/.*/step_0\).*,\1,p' "/proc/$keeper/cgroup")
  [ -n "$group" ]
  touch go.grouped
  ended $BEGUN
  expect_equal 2 "$(grep -c ":freezer:$group" grouped.out)"
  expect_equal 2 "$(grep -c ':memory:.*/slurm_kerr0/.*/step_0' grouped.out)"
  nothing_is_left
}

shares_with_no_other_job() {
  cd_work
  local first
  begin first -n 1 "$KERR" exec "$BUSYBOX" sh -c "$WAITS"
  first=$BEGUN
  begin second -n 1 "$KERR" exec "$BUSYBOX" sh -c "$WAITS"'; /bin/busybox echo still served'
  expect_equal 2 "$(keepers | wc -l)"
  as_slurm_user scancel --signal=KILL --name first
  ended "$first"
  touch go.second
  ended $BEGUN
  expect_equal 'still served' "$(cat second.out)"
  nothing_is_left
}

ends_instances_with_the_job() {
  cd_work
  begin instance -n 1 sh -c "$KERR instance start $BUSYBOX helper >/dev/null 2>&1
    $KERR exec instance://helper echo in the instance; $WAITS"
  expect_equal 'in the instance' "$(cat instance.out)"
  [ -n "$(kerr_user instance list | grep helper)" ]
  touch go.instance
  ended $BEGUN
  expect_equal 0 "$STATUS"
  nothing_is_left
  expect_equal '' "$(kerr_user instance list | grep helper || true)"
}

# Slurm gives the group of a step to its user.
limits_below_the_job() {
  cd_work
  local show='grep :memory: /proc/self/cgroup'
  expect_stdout_contains "/slurm_kerr0/uid_$(id -u $SLURM_USER)/job_" \
    srun_user --nodelist kerr0 -n 1 --mem=80 "$KERR" exec --memory 50M "$BUSYBOX" sh -c "$show"
  expect_contains /kerr- "$STDOUT"
  expect_stdout_contains /slurm_kerr0/uid_0/job_ \
    timeout 60 srun --nodelist kerr0 -n 1 --mem=80 "$KERR" exec --memory 50M "$BUSYBOX" sh -c "$show"
  expect_contains /kerr- "$STDOUT"
}

chown "$SLURM_USER" "$WORK"
echo words >/tmp/input
cp "$BUSYBOX" "$WORK/busybox.sif"
BUSYBOX=$WORK/busybox.sif
chmod 644 "$BUSYBOX"
mkdir -p "$SLURM"
guide_configuration >"$SLURM/oci.conf"
(cd "$WORK" && kerr_user oci mount "$BUSYBOX" "$BUNDLE" && "$KERR" oci mount "$BUSYBOX" "$WORK/roots") || exit 1
slurm_start || exit 1

it 'launches with all variables of Slurm, on two nodes' has_variables_of_slurm
it 'passes standard input' passes_input
it 'ends as the payload does, also by a signal' ends_as_the_payload
it 'shares one mount between the ranks of a node' share_one_mount
it 'runs in a batch job' runs_in_batch
it 'ends with scancel, and nothing is left' ends_with_scancel
it 'has a shared mount that outlives the job that made it' outlives_the_job_that_made_it
it 'runs srun --container with the configuration of the guide' runs_a_bundle
it 'runs sbatch --container' runs_a_batch_in_a_bundle
it 'ends srun --container with scancel, and nothing is left' ends_a_bundle_with_scancel
it "runs root's srun --container" runs_roots_bundle
slurm_stop

if [ -d /sys/fs/cgroup/freezer ] && [ -d /sys/fs/cgroup/memory ] && [ -d /sys/fs/cgroup/cpuset ]; then
  slurm_start cgroup || exit 1
  it "is in the job's control group, and so is its mount" in_the_jobs_group
  it 'shares no mount between jobs with control groups' shares_with_no_other_job
  it 'has instances end with their job' ends_instances_with_the_job
  it "limits below the job's limits" limits_below_the_job
  slurm_stop
else
  skip "is in the job's control group" 'control groups of version 1 are not here'
fi
