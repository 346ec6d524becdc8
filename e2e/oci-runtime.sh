#!/usr/bin/env bash
# Containers of the OCI's runtime specification: what config.json asks for is done, or refused by name.
# What stands in single quotes is for the payload's shell.
# shellcheck disable=SC2016
. "$(dirname "$0")/lib.sh"
. "$E2E/fixtures/own-program.sh"

STATE=$SCRATCH/state
BUNDLE=$SCRATCH/bundle
oci() { "$KERR" oci --root "$STATE" "$@"; }

# ---- bundles

mkdir -p "$BUNDLE"
"$KERR" --silent build --sandbox "$BUNDLE/rootfs" "$IMAGES/busybox.sif" || exit 1

# What a case adds to config.json: members of process, linux and the whole, mounts, namespaces, capabilities.
reset() { PROCESS='' LINUX='' TOP='' MOUNTS='' NAMESPACES='' CAPS='' ROOT='"path": "rootfs"' USER='"uid": 0, "gid": 0'; }
reset

# words WORD…: as a list of JSON.
words() {
  local list='' word
  for word; do
    word=${word//\\/\\\\}
    list="$list${list:+, }\"${word//\"/\\\"}\""
  done
  echo "[$list]"
}

# config WORD…: config.json of a program, in the way that an ordinary user may have it.
config() {
  local user='' mappings=''
  if ! is_root; then
    user=', {"type": "user"}'
    mappings="\"uidMappings\": [{\"containerID\": 0, \"hostID\": $(id -u), \"size\": 1}],
      \"gidMappings\": [{\"containerID\": 0, \"hostID\": $(id -g), \"size\": 1}],"
  fi
  cat >"$BUNDLE/config.json" <<END
{
  "ociVersion": "1.0.2",
  "process": {
    "user": {$USER},
    "args": $(words "$@"),
    "env": ["PATH=/usr/bin:/bin", "GREETING=hello world"],
    "cwd": "/",
    $PROCESS
    "capabilities": {"bounding": [$CAPS], "effective": [$CAPS], "permitted": [$CAPS]},
    "noNewPrivileges": true
  },
  "root": {$ROOT},
  "hostname": "inside",
  $TOP
  "mounts": [
    {"destination": "/proc", "type": "proc", "source": "proc"},
    {"destination": "/dev", "type": "tmpfs", "source": "tmpfs", "options": ["nosuid", "mode=755", "size=65536k"]},
    {"destination": "/dev/pts", "type": "devpts", "source": "devpts",
     "options": ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620"]}$MOUNTS
  ],
  "linux": {
    $mappings
    $LINUX
    "namespaces": [{"type": "pid"}, {"type": "ipc"}, {"type": "uts"}, {"type": "mount"}$user$NAMESPACES]
  }
}
END
}

# ---- what a state says

field() { oci state "$1" | sed -n "s/^\t\"$2\": \"\{0,1\}\([^\",]*\)\"\{0,1\},\{0,1\}$/\1/p"; }
status_is() { expect_equal "$2" "$(field "$1" status)"; }

# A process ends a moment after it is told to.
becomes() {
  local i
  for ((i = 0; i < 200; i++)); do
    [ "$(field "$1" status)" = "$2" ] && return
  done
  status_is "$1" "$2"
}

is_gone() { expect_failure 255 'does not exist' oci state "$1" && expect_equal '' "$(ls "$STATE")"; }

prints() {
  local wanted=$1
  shift
  config "$@"
  expect_stdout "$wanted" oci run --bundle "$BUNDLE" one
}

refuses() {
  local wanted=$1
  config true
  expect_failure 255 "$wanted" oci run --bundle "$BUNDLE" one
  is_gone one
}

# ---- run

it 'runs a program and prints what it prints' prints 'hello world' sh -c 'echo $GREETING'

ends_as_the_program() {
  config sh -c 'exit 7'
  expect_status 7 oci run --bundle "$BUNDLE" one
  config sh -c 'kill -TERM $$; sleep 1; exit 3'
  expect_status 3 oci run --bundle "$BUNDLE" one # process 1 of its namespace gets no signal that it has not asked for
  is_gone one
}
it 'ends as the program did' ends_as_the_program

it 'gives exactly the environment of config.json' prints 'GREETING PATH PWD SHLVL ' \
  sh -c 'env | cut -d= -f1 | sort | tr "\n" " "'
it 'has the host name' prints inside hostname
it 'has processes of its own' prints 1 sh -c 'echo $$'

starts_where_it_is_to() {
  config pwd
  sed -i 's,"cwd": "/","cwd": "/made/here",' "$BUNDLE/config.json"
  expect_stdout /made/here oci run --bundle "$BUNDLE" one
}
it 'makes the directory that it starts in' starts_where_it_is_to

takes_the_working_directory() {
  config echo there
  cd "$BUNDLE"
  expect_stdout there oci run one
}
it 'takes the working directory for the bundle' takes_the_working_directory

is_another_user() {
  USER='"uid": 12, "gid": 34, "additionalGids": [56, 78], "umask": 63'
  prints '12 34 34 56 78 0077' sh -c 'echo $(id -u) $(id -g) $(id -G) $(umask)'
}
is_refused_another_user() {
  USER='"uid": 12, "gid": 0' refuses 'config.json: process.user.uid 12 is not in linux.uidMappings'
  USER='"uid": 0, "gid": 0, "additionalGids": [5]' refuses 'config.json: process.user.additionalGids'
}
if is_root; then
  it 'is the user, with the groups and the umask' is_another_user
else
  it 'refuses users that are not mapped' is_refused_another_user
fi

has_capabilities() {
  CAPS='"CAP_KILL", "CAP_NET_BIND_SERVICE"'
  prints '0000000000000420 0000000000000420 1' \
    sh -c 'echo $(sed -n "s/^Cap\(Eff\|Bnd\):\t//p; s/^NoNewPrivs:\t//p" /proc/self/status)'
  CAPS=''
  prints '0000000000000000 0000000000000000 1' \
    sh -c 'echo $(sed -n "s/^Cap\(Eff\|Bnd\):\t//p; s/^NoNewPrivs:\t//p" /proc/self/status)'
}
it 'has exactly the capabilities' has_capabilities

it 'has the limits of resources' eval "PROCESS='\"rlimits\": [{\"type\": \"RLIMIT_NOFILE\", \"soft\": 77, \"hard\": 99}],'
  prints '77 99' sh -c 'echo \$(ulimit -Sn) \$(ulimit -Hn)'"

has_oom_score() { PROCESS='"oomScoreAdj": 345,' prints 345 cat /proc/self/oom_score_adj; }
it 'has the score for when memory is short' has_oom_score

closes_files() {
  config sh -c 'echo $(ls /proc/self/fd)'
  expect_stdout '0 1 2 3' oci run --bundle "$BUNDLE" one 5<"$BUNDLE/config.json" # 3 is that of ls
  config cat /proc/self/fd/3
  expect_stdout "$(cat "$BUNDLE/config.json")" oci run --preserve-fds 1 --bundle "$BUNDLE" one 3<"$BUNDLE/config.json"
}
it 'passes no files but those that it is told to' closes_files

# ---- the tree

mounts_things() {
  mkdir -p "$BUNDLE/data/deep"
  echo text >"$BUNDLE/data/file"
  MOUNTS=', {"destination": "/new/place", "type": "bind", "source": "data", "options": ["rbind", "ro"]},
    {"destination": "/single", "source": "data/file", "options": ["bind"]},
    {"destination": "/scratch", "type": "tmpfs", "source": "tmpfs", "options": ["noexec", "size=1m", "mode=1777"]},
    {"destination": "/dev/mqueue", "type": "mqueue", "source": "mqueue", "options": ["nosuid", "nodev", "noexec"]},
    {"destination": "/sys", "type": "sysfs", "source": "sysfs", "options": ["nosuid", "noexec", "nodev", "ro"]}'
  prints 'text text 1777' sh -c 'echo $(cat /new/place/file /single) $(stat -c %a /scratch)'
  prints 'noexec' sh -c 'grep " /scratch " /proc/mounts | grep -o noexec'
  prints 'read-only' sh -c 'touch /new/place/other 2>/dev/null || echo read-only'
  prints 'class' sh -c 'ls /sys | grep class'
}
it 'mounts what it is to mount' mounts_things

root_is_read_only() { ROOT='"path": "rootfs", "readonly": true' prints no sh -c 'touch /file 2>/dev/null || echo no'; }
it 'has a read-only root' root_is_read_only

writes_into_the_root() {
  prints '' touch /left
  [ -f "$BUNDLE/rootfs/left" ]
  rm "$BUNDLE/rootfs/left"
}
it 'writes into the root of the bundle' writes_into_the_root

masks_paths() {
  echo secret >"$BUNDLE/rootfs/secret"
  mkdir -p "$BUNDLE/rootfs/hidden/below"
  LINUX='"maskedPaths": ["/secret", "/hidden", "/proc/keys", "/nowhere"], "readonlyPaths": ["/proc/sys", "/tmp"],'
  prints '' cat /secret
  prints '' ls /hidden
  prints no sh -c 'touch /tmp/x 2>/dev/null || echo no'
}
it 'masks paths and makes others read-only' masks_paths

it 'has the devices of the specification' prints '/dev/fd /dev/full /dev/null /dev/ptmx /dev/random /dev/zero' \
  sh -c 'echo x >/dev/null; echo $(ls -d /dev/fd /dev/full /dev/null /dev/ptmx /dev/random /dev/zero)'

has_more_devices() {
  LINUX='"devices": [{"path": "/dev/fuse", "type": "c", "major": 10, "minor": 229}],'
  prints yes sh -c '[ -c /dev/fuse ] && echo yes'
  LINUX='"devices": [{"path": "/dev/fuse", "type": "c", "major": 10, "minor": 230}],'
  refuses 'config.json:'
}
if [ -c /dev/fuse ]; then
  it 'binds devices of the host, and refuses others' has_more_devices
else
  skip 'binds devices of the host, and refuses others' 'there is no /dev/fuse'
fi

links_lead_nowhere() {
  ln -s /etc "$BUNDLE/rootfs/leads"
  ln -s ../../../../../../../../../.. "$BUNDLE/rootfs/up"
  MOUNTS=', {"destination": "/leads/new", "type": "tmpfs", "source": "tmpfs"},
    {"destination": "/up/top", "type": "tmpfs", "source": "tmpfs"}'
  prints 'top' sh -c 'ls -d top; [ -d /etc/new ]'
  [ -d "$BUNDLE/rootfs/etc/new" ] && [ -d "$BUNDLE/rootfs/top" ] && [ ! -e /etc/new ] && [ ! -e /top ]
}
it 'links of the root lead nowhere outside' links_lead_nowhere

sets_sysctls() {
  LINUX='"sysctl": {"net.ipv4.ip_forward": "1"},' NAMESPACES=', {"type": "network"}'
  prints '1 lo' sh -c 'echo $(cat /proc/sys/net/ipv4/ip_forward) $(ls /sys/class/net 2>/dev/null || echo lo)'
  LINUX='"sysctl": {"kernel.panic": "1"},' refuses "config.json:"
}
it 'sets what is a namespace'"'"'s own, and refuses what is the host'"'"'s' sets_sysctls

has_seccomp() {
  LINUX='"seccomp": {"defaultAction": "SCMP_ACT_ALLOW", "syscalls":
    [{"names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO", "errnoRet": 38}]},'
  config sh -c 'mkdir /tmp/made; sed -n "s/^Seccomp:\t//p" /proc/self/status'
  run oci run --bundle "$BUNDLE" one
  expect_equal 2 "$STDOUT"
  [[ $STDERR == *'Function not implemented'* ]]
}
it 'filters system calls' has_seccomp

is_32_bits() { LINUX='"personality": {"domain": "LINUX32"},' prints i686 uname -m; }
if [ "$(uname -m)" = x86_64 ]; then it 'has the personality' is_32_bits; fi

# ---- the life of a container

has_a_life() {
  config sh -c 'echo begun >/tmp/begun; sleep 60'
  rm -f "$BUNDLE/rootfs/tmp/begun"
  oci create --bundle "$BUNDLE" --pid-file pid one
  status_is one created
  expect_equal "$(cat pid)" "$(field one pid)"
  expect_equal 1.0.2 "$(field one ociVersion)"
  expect_equal "$BUNDLE" "$(field one bundle)"
  [ ! -e "$BUNDLE/rootfs/tmp/begun" ]
  expect_failure 255 'exists already' oci create --bundle "$BUNDLE" one
  expect_failure 255 'has not ended' oci delete one
  oci start one
  status_is one running
  expect_failure 255 'only one that is created can be started' oci start one
  expect_failure 255 'has not ended' oci delete one
  expect_stdout_contains "$(cat pid)" oci ps one
  expect_equal one "$(oci list --quiet)"
  expect_stdout_contains 'running' oci list
  oci kill one KILL
  becomes one stopped
  expect_failure 255 'no signal can be sent' oci kill one KILL
  expect_failure 255 'no process can be started' oci exec one true
  oci delete one
  is_gone one
}
it 'is created, started, killed and deleted' has_a_life

waits_for_no_one() {
  config sh -c 'echo out; echo err >&2'
  oci create --bundle "$BUNDLE" one >out 2>err
  oci start one
  becomes one stopped
  expect_equal 'out err' "$(cat out) $(cat err)"
  oci delete one
}
it 'has the input and output of whoever created it' waits_for_no_one

runs_detached() {
  config sleep 60
  oci run --detach --pid-file pid --bundle "$BUNDLE" one
  status_is one running
  kill -0 "$(cat pid)"
  oci delete --force one
  is_gone one
  expect_status 0 oci delete --force one
}
it 'runs detached, and is ended by force' runs_detached

executes() {
  config sleep 60
  oci run --detach --bundle "$BUNDLE" one
  expect_stdout 'inside /tmp hello world b=c' \
    oci exec --cwd /tmp --env A=b=c one sh -c 'echo $(hostname) $(pwd) $GREETING ${A}'
  expect_stdout_contains 'sleep 60' oci exec one ps
  expect_status 5 oci exec one sh -c 'exit 5'
  expect_failure 255 'executable file not found in $PATH' oci exec one nothing-such
  echo '{"args": ["sh", "-c", "echo $X"], "env": ["X=y", "PATH=/bin"], "cwd": "/"}' >process.json
  expect_stdout y oci exec --process process.json one
  oci exec --detach --pid-file execed one sleep 50
  [ "$(readlink "/proc/$(cat execed)/ns/pid")" = "$(readlink "/proc/$(field one pid)/ns/pid")" ]
  oci kill --all one KILL
  becomes one stopped
  oci delete one
}
it 'runs further processes in it' executes

creates_once() {
  local made=0 i
  config sleep 60
  for i in 1 2 3 4; do oci create --bundle "$BUNDLE" one 2>"err.$i" & done
  for i in $(jobs -p); do ! wait "$i" || made=$((made + 1)); done
  expect_equal 1 "$made"
  oci delete --force one
  is_gone one
}
it 'is created once, however many try' creates_once

# ---- hooks

runs_hooks() {
  local hook phase all=''
  cat >hook <<END
#!/bin/sh
read -r state
echo "\$1 \$NAME \$state" >>$PWD/hooks
END
  chmod +x hook
  for phase in prestart createRuntime createContainer startContainer poststart poststop; do
    hook="{\"path\": \"$PWD/hook\", \"args\": [\"hook\", \"$phase\"], \"env\": [\"NAME=value\"]}"
    [ $phase != startContainer ] || hook='{"path": "/bin/touch", "args": ["touch", "/tmp/hooked"]}'
    all="$all${all:+, }\"$phase\": [$hook]"
  done
  TOP="\"hooks\": {$all}, \"annotations\": {\"key\": \"of mine\"},"
  config sh -c 'ls /tmp/hooked'
  oci create --bundle "$BUNDLE" one >out
  expect_equal 'prestart createRuntime createContainer' "$(echo $(cut -d' ' -f1 hooks))"
  oci start one
  becomes one stopped
  oci delete one
  expect_equal 'prestart createRuntime createContainer poststart poststop' "$(echo $(cut -d' ' -f1 hooks))"
  expect_equal 'creating creating creating running stopped' \
    "$(echo $(sed 's/.*"status": "\([a-z]*\)".*/\1/' hooks))"
  expect_equal 5 "$(grep -c 'value {.*"id":"one".*"key":"of mine"' hooks)"
  expect_equal /tmp/hooked "$(cat out)"
}
it 'runs hooks at their time, with the state' runs_hooks

fails_with_hooks() {
  local phase
  for phase in createRuntime createContainer; do
    TOP="\"hooks\": {\"$phase\": [{\"path\": \"/bin/false\"}]},"
    config true
    expect_failure 255 "the $phase hook /bin/false failed" oci run --bundle "$BUNDLE" one
    is_gone one
  done
  TOP='"hooks": {"startContainer": [{"path": "/bin/false"}]},'
  config echo unseen
  oci create --bundle "$BUNDLE" one >out 2>&1
  expect_failure 255 'ended before its program started' oci start one
  expect_equal '' "$(grep unseen out || true)"
  oci delete one
  TOP='"hooks": {"poststop": [{"path": "/bin/false"}], "poststart": [{"path": "/bin/sleep", "args": ["sleep", "9"],
    "timeout": 1}]},'
  config true
  expect_status 0 oci run --bundle "$BUNDLE" one
  [[ $STDERR == *'poststart hook /bin/sleep did not end within 1 s'*'poststop hook /bin/false failed'* ]]
}
it 'is not made when a hook fails, but for those after its start' fails_with_hooks

# ---- terminals

sends_its_terminal() {
  PROCESS='"terminal": true, "consoleSize": {"width": 91, "height": 31},' config sh -c 'tty; stty size; echo >/dev/console'
  python3 "$E2E/fixtures/console.py" console "$KERR" oci --root "$STATE" run --bundle "$BUNDLE" --console-socket console \
    one >out
  expect_equal '/dev/pts/0 31 91' "$(echo $(tr -d '\r' <out))"
}
if command -v python3 >/dev/null; then
  it 'sends its terminal to a socket' sends_its_terminal
else
  skip 'sends its terminal to a socket' 'python3 is not there'
fi

needs_a_terminal() { PROCESS='"terminal": true,' refuses 'config.json: process.terminal is true, and there is no terminal'; }
it 'refuses a terminal that nobody has' needs_a_terminal

# ---- what is refused

refuses_by_name() {
  LINUX='"intelRdt": {"closID": "x"},' refuses 'config.json:'
  LINUX='"rootfsPropagation": "shared",' refuses 'linux.rootfsPropagation shared is not supported'
  LINUX='"mountLabel": "x",' refuses 'linux.mountLabel is not supported'
  NAMESPACES=', {"type": "time"}' refuses 'time is not supported'
  MOUNTS=', {"destination": "/x", "type": "nfs", "source": "y"}' refuses '"nfs" is not supported'
  MOUNTS=', {"destination": "/x", "type": "tmpfs", "options": ["tmpcopyup"]}' refuses 'tmpcopyup is not supported'
  MOUNTS=', {"destination": "/../x", "type": "tmpfs"}' refuses 'leads upwards by ..'
  LINUX='"cgroupsPath": "system.slice:x:y",' refuses 'it names a unit of systemd'
  config true
  sed -i 's/"ociVersion": "1.0.2"/"ociVersion": "2.0.0"/' "$BUNDLE/config.json"
  expect_failure 255 'config.json:2: ociVersion 2.0.0 is not supported' oci run --bundle "$BUNDLE" one
  expect_failure 255 'oci attach is not supported' oci attach one
}
it 'refuses what it does not do, by name' refuses_by_name

refuses_limits() { LINUX='"resources": {"memory": {"limit": 100000000}},' refuses 'linux.resources.memory'; }
is_root || it 'refuses limits where it may make no group' refuses_limits

says_why_in_a_log() {
  config nothing-such
  expect_failure 255 'executable file not found' oci --log log --log-format json run --bundle "$BUNDLE" one
  grep -q '^{"level":"error","msg":".*executable file not found in $PATH.*","time":"' log
  echo '{' >"$BUNDLE/config.json"
  expect_failure 255 'config.json' oci --log=log run --bundle "$BUNDLE" one
  grep -q '^level=error msg="config.json' log
  is_gone one
}
it 'says in a log why it failed' says_why_in_a_log

# ---- limits

is_limited() {
  LINUX='"cgroupsPath": "/kerr-e2e/one", "resources": {"memory": {"limit": 104857600}, "pids": {"limit": 77}},'
  config sh -c 'sleep 60'
  oci create --bundle "$BUNDLE" one
  oci start one
  local memory=/sys/fs/cgroup/memory/kerr-e2e/one pids=/sys/fs/cgroup/pids/kerr-e2e/one
  expect_equal '104857600 77' "$(cat $memory/memory.limit_in_bytes $pids/pids.max | tr '\n' ' ' | sed 's/ $//')"
  expect_equal "$(field one pid)" "$(cat $pids/cgroup.procs)"
  oci update --pids-limit 66 one
  expect_equal 66 "$(cat $pids/pids.max)"
  echo '{"memory": {"limit": 209715200}}' | oci update --resources - one
  expect_equal 209715200 "$(cat $memory/memory.limit_in_bytes)"
  oci pause one
  status_is one paused
  oci resume one
  status_is one running
  expect_status 0 oci exec one true
  oci pause one
  oci delete --force one
  is_gone one
  [ ! -e $memory ] && [ ! -e $pids ]
  rmdir /sys/fs/cgroup/*/kerr-e2e
}
if is_root && [ -w /sys/fs/cgroup/memory ] && [ -e /sys/fs/cgroup/freezer ]; then
  it 'is limited, frozen and updated by control groups of its name' is_limited
else
  skip 'is limited, frozen and updated by control groups of its name' 'needs root and control groups of version 1'
fi

# ---- what others leave or forge

survives_kills() {
  local i pid
  config sleep 60
  for i in 0.05 0.1 0.2 0.3 0.4 0.6 0.8; do
    "$KERR" oci --root "$STATE" create --bundle "$BUNDLE" one >/dev/null 2>&1 &
    pid=$!
    sleep "$i"
    kill -KILL "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
    oci list >/dev/null
    oci delete --force one
    is_gone one
  done
}
it 'a killed runtime leaves nothing that delete does not mend' survives_kills

ends_with_its_run() {
  local run pid
  config sh -c 'trap "" TERM; sleep 60; true'
  "$KERR" oci --root "$STATE" run --bundle "$BUNDLE" --pid-file "$PWD/pid" one &
  run=$!
  becomes one running
  pid=$(cat pid)
  kill -KILL $run
  wait $run || true
  for _ in $(seq 100); do
    [ -e "/proc/$pid" ] || break
    sleep 0.05
  done
  [ ! -e "/proc/$pid" ]
  status_is one stopped
  expect_equal '' "$(oci list --quiet)"
  is_gone one
  config true
  oci create --bundle "$BUNDLE" one # what nobody stayed for is kept
  oci kill one KILL
  becomes one stopped
  expect_equal one "$(oci list --quiet)"
  oci delete one
}
it 'ends with the run that is killed, and nothing is left' ends_with_its_run

is_not_deceived() {
  config sleep 60
  oci run --detach --bundle "$BUNDLE" one
  sleep 0.1 # processes are told apart by when they started, in hundredths of a second
  sleep 100 &
  local other=$! record=$STATE/one/state.json pid
  pid=$(field one pid)
  cp "$record" kept
  sed -i "s/\"pid\": $pid,/\"pid\": $other,/" "$record"
  status_is one stopped
  expect_failure 255 'no signal can be sent' oci kill one KILL
  expect_failure 255 'no process can be started' oci exec one true
  oci delete --force one
  kill -0 "$other"
  if is_root; then # the container's control groups are gone with all that was in them
    oci run --detach --bundle "$BUNDLE" one
    cp "$record" kept
  else
    mkdir -m 0700 "$STATE/one"
    cp kept "$STATE/one/state.json"
  fi
  status_is one running
  chmod 0777 "$STATE/one"
  expect_failure 255 'is not yours alone' oci state one
  chmod 0700 "$STATE/one"
  sed -i 's/"bootId": "./"bootId": "x/' "$STATE/one/state.json"
  status_is one stopped
  cp kept "$STATE/one/state.json"
  oci delete --force one
  is_gone one
  kill "$other"
  echo '{"record": 1' >kept
  mkdir -m 0700 "$STATE/one"
  cp kept "$STATE/one/state.json"
  expect_failure 255 'cannot be read' oci state one
  rm -r "$STATE/one"
}
it 'signals nobody else, whatever a record says' is_not_deceived

sweeps_what_has_no_record() {
  mkdir -m 0700 -p "$STATE/one"
  expect_stdout_contains creating oci list
  touch -d '2 minutes ago' "$STATE/one"
  config true
  expect_stdout "" oci run --bundle "$BUNDLE" two
  is_gone one
}
it 'removes what a killed maker left' sweeps_what_has_no_record

refuses_ids() {
  config true
  local id
  for id in .. . a/b '' 'a b'; do
    expect_failure 255 'is no id for a container' oci run --bundle "$BUNDLE" "$id"
  done
}
it 'refuses ids that name no directory' refuses_ids

is_not_kerr_itself() {
  own_kerr
  mkfifo "$BUNDLE/rootfs/plan"
  config /proc/self/exe --perform /plan # it waits for a plan from the pipe, if it goes by this variable as a copy does
  sed -i 's,"GREETING=,"KERR_SEALED_PATH=/usr/bin/kerr"\, &,' "$BUNDLE/config.json"
  oci run --detach --pid-file pid --bundle "$BUNDLE" one 2>/dev/null
  cannot_be_written "$(cat pid)" oci kill one KILL
  oci delete one
  rm "$BUNDLE/rootfs/plan"
}
if is_root; then
  it 'gives no program a way to the program kerr (CVE-2019-5736)' is_not_kerr_itself
else
  skip 'gives no program a way to the program kerr' 'only root may write to it'
fi

# ---- bundles of images

makes_a_bundle() {
  oci mount "$IMAGES/busybox.sif" made
  expect_failure 255 'is there already' oci mount "$IMAGES/busybox.sif" made
  sed -i 's,"/.singularity.d/actions/run","/bin/echo"\, "made",' made/config.json
  expect_stdout_contains made oci run --bundle made two
  oci umount made
  [ ! -e made/rootfs ] && [ ! -e made/config.json ]
  expect_failure 255 'no such file' oci umount made
}
it 'makes a bundle of an image' makes_a_bundle

has_another_name() {
  config echo named
  ln -s "$KERR" kerr-oci
  expect_stdout named ./kerr-oci --root "$STATE" run --bundle "$BUNDLE" one
  expect_stdout_contains 'spec: 1' ./kerr-oci --version
  expect_stdout_contains ociVersionMax ./kerr-oci features
}
it 'is called as a runtime by another name' has_another_name
