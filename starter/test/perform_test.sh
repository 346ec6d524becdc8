#!/bin/sh
# Black-box tests of `kerr --perform`: each makes a plan by hand, performs it, and looks at what the payload found.
#
#   perform_test.sh KERR [USER]     as root: once as root, once as USER (else that half is skipped); or as the caller
#
# KERR is the built program. A C compiler makes the tools of test/tool. What a step prints comes on standard error.
# Prints the Test Anything Protocol; the status is 0 if no case failed.
# What stands in single quotes is for the payload's shell, or for eval.
# shellcheck disable=SC2016
set -u
umask 022

here=$(cd "$(dirname "$0")" && pwd)
if [ $# -lt 1 ] || [ ! -x "$1" ]; then
    echo "usage: $0 KERR [USER]" >&2
    exit 2
fi
command -v "${CC:-cc}" >/dev/null || { echo '1..0 # SKIP there is no C compiler'; exit 0; }

scratch=$(mktemp -d "${TMPDIR:-/tmp}/kerr-perform-XXXXXX") || exit 2
shared=                 # a directory on a mount below /, if there is one
cleanup() {
    rm -rf --one-file-system "$scratch" ${shared:+"$shared"}
}
trap cleanup EXIT
trap 'exit 2' HUP INT TERM

chmod 755 "$scratch"
mkdir "$scratch/bin"
for tool in make_plan empty_server; do
    "${CC:-cc}" -std=c17 -O1 -I"$here/.." "$here/tool/$tool.c" -o "$scratch/bin/$tool" || exit 2
done
cp "$1" "$scratch/bin/kerr" || exit 2
kerr=$scratch/bin/kerr

cases=0 failures=0 skipped=0 who=''
zero=0000000000000000 all=ffffffffffffffff # sets of capabilities

# ---- vocabulary

# ok SENTENCE COMMAND…: one case; it holds if the command succeeds.
ok() {
    cases=$((cases + 1))
    sentence=$1
    shift
    if "$@"; then
        echo "ok $cases - $who: $sentence"
        return
    fi
    failures=$((failures + 1))
    echo "not ok $cases - $who: $sentence"
    echo "#   wanted: $*"
    echo "#   status: ${status:-none}"
    sed 's/^/#   stdout: /' "$scratch/stdout"
    sed 's/^/#   stderr: /' "$scratch/stderr"
}

skip() {
    cases=$((cases + 1))
    skipped=$((skipped + 1))
    echo "ok $cases - $who: $1 # SKIP $2"
}

# plan: starts a new one. op NAME ARGUMENT…: adds an operation.
plan() { : >"$scratch/lines"; }
op() {
    {
        printf '%s' "$1"
        shift
        for argument; do printf '\t%s' "$argument"; done
        printf '\n'
    } >>"$scratch/lines"
}

# perform [COMMAND…]: performs the plan, through COMMAND if there is one.
perform() {
    "$scratch/bin/make_plan" <"$scratch/lines" >"$scratch/plan" || exit 2
    : >"$scratch/stdout" && : >"$scratch/stderr"
    as timeout 30 "$@" "$kerr" --perform "$scratch/plan" </dev/null >"$scratch/stdout" 2>"$scratch/stderr"
    status=$?
}

# payload TEXT: ends the plan with a shell that does TEXT, and performs it.
payload() {
    op EXEC 0 /bin/sh -c "$1"
    shift
    perform "$@"
}

status_is() { [ "$status" = "$1" ]; }
said() { [ "$(cat "$scratch/stderr")" = "$1" ]; }
mentioned() { grep -qF -e "$1" "$scratch/stderr"; }
failed_saying() { status_is 255 && mentioned FATAL: && mentioned "$1"; }
succeeded_saying() { status_is 0 && said "$1"; }

# namespaces: where everything is mounted. Root mounts as it is.
namespaces() {
    plan
    [ "$uid" = 0 ] || op USER_NAMESPACE "0 $uid 1" "0 $gid 1" '' ''
    op MOUNT_NAMESPACE
    op SESSION 1048576
    op DIRECTORY /image 755
}

# The host's root, read-only, is the container's.
host_tree() {
    namespaces
    op MOUNT_DIRECTORY / /image ro
    op ROOT /image
}

# $scratch/tree is the container's root, with the host's programs.
own_tree() {
    namespaces
    op MOUNT_DIRECTORY "$scratch/tree" /image ro
    op ROOT /image
    host_programs
}

host_programs() {
    for directory in /usr /bin /sbin /lib /lib32 /lib64 /proc; do
        if [ ! -L "$directory" ] && [ -d "$directory" ]; then op BIND "$directory" "$directory" ro; fi
    done
}

enter() {
    op ENTER
    op CHDIR /
    op PRIVILEGES 1 0 $zero $zero $zero
}

make_tree() {
    mkdir -p "$scratch/tree/tmp/out" "$scratch/tree/etc" "$scratch/tree/data" "$scratch/data" "$scratch/tree/dev"
    for directory in usr bin sbin lib lib32 lib64 proc; do
        if [ -L "/$directory" ]; then
            cp -P "/$directory" "$scratch/tree/"
        elif [ -d "/$directory" ]; then
            mkdir "$scratch/tree/$directory"
        fi
    done
    echo 'of the host' >"$scratch/data/file"
    echo 'of the image' >"$scratch/tree/etc/name"
    mkdir "$scratch/only-on-the-host"
    ln -s /../../tmp/out "$scratch/tree/escape"
    ln -s "../../../../../../../..$scratch/only-on-the-host" "$scratch/tree/nowhere"
    ln -s loop "$scratch/tree/loop"
    ln -s /proc/self/root/tmp "$scratch/tree/magic"
}

# ---- the process

tests_process() {
    plan
    payload 'echo $$' sh -c 'echo $$ >&2; exec "$@"' sh
    ok 'the payload has the pid of kerr' eval 'status_is 0 && [ "$(sort -u "$scratch/stderr" | wc -l)" = 1 ] &&
        [ "$(wc -l <"$scratch/stderr")" = 2 ]'
    plan
    payload 'exit 0'
    ok 'the exit status 0 is the payload'"'"'s' status_is 0
    plan
    payload 'exit 7'
    ok 'the exit status 7 is the payload'"'"'s' status_is 7
    plan
    payload 'kill -TERM $$' sh -c '"$@"; echo $?' sh
    ok 'a signal that ends the payload is seen as one' eval '[ "$(cat "$scratch/stdout")" = 143 ]'
    plan
    op EXEC 0 /bin/sh -c 'printf "[%s]" "$0" "$@"' name 'a b' '' '*' '\\n'
    perform
    ok 'the arguments are the plan'"'"'s, byte by byte' said '[name][a b][][*][\n]'
    plan
    payload 'echo text'
    ok 'what a step prints comes on standard error' eval '[ ! -s "$scratch/stdout" ] && said text'
    plan
    payload 'cat' sh -c 'echo from outside | "$@"' sh
    ok 'standard input is the caller'"'"'s' succeeded_saying 'from outside'
    plan
    payload 'cat; echo $?' sh -c 'exec "$@" <&-' sh
    ok 'a closed standard input reads as empty' succeeded_saying 0
    plan
    payload 'echo lost; exit 3' sh -c 'exec "$@" >&- 2>&-' sh
    ok 'closed outputs disturb nobody' eval 'status_is 3 && said "" && [ ! -s "$scratch/stdout" ]'
    plan
    # a listing of the shell's descriptors by its child
    listing='ls /proc/$$/fd; true'
    payload "$listing" sh -c 'exec 7</dev/null; sh -c "$0" >&2; exec "$@"' "$listing"
    ok 'the payload has the descriptors of the caller' eval 'status_is 0 && [ "$(grep -cx 7 "$scratch/stderr")" = 2 ]'
    ok 'and none of ours' eval '[ "$(sort "$scratch/stderr" | uniq -c | awk "\$1 != 2" | wc -l)" = 0 ]'
    plan
    op UMASK 027
    payload umask
    ok 'the umask is the plan'"'"'s' succeeded_saying 0027
    plan
    payload umask sh -c 'umask 035; exec "$@"' sh
    ok 'without one, the umask is the caller'"'"'s' succeeded_saying 0035

    plan
    op PROC_WRITE thread-self/attr/exec 'no such label'
    payload true
    ok 'a label that the kernel does not take ends it' failed_saying 'cannot set /proc/thread-self/attr/exec to no such label'
    plan
    op PROC_WRITE ../etc/x y
    payload true
    ok 'what is written to lies below /proc' failed_saying 'cannot set /proc/../etc/x'
    plan
    signals='grep -E "^Sig(Ign|Blk):" /proc/self/status'
    payload "$signals" env --ignore-signal=HUP,INT sh -c 'sh -c "$0" >&2; exec "$@"' "$signals"
    ok 'ignored and blocked signals stay so' eval 'status_is 0 && [ "$(sort -u "$scratch/stderr" | wc -l)" = 2 ]'
}

tests_environment() {
    plan
    op ENV_KEEP 'KEPT*' 'BASH_FUNC_f%%'
    op ENV_DROP KEPT_NOT
    op ENV_STASH P_ NAMES
    op ENV_SET SET "a=b c"
    op EXEC 0 /usr/bin/env
    perform env -i 'KEPT=one
two' KEPT_NOT=1 'BASH_FUNC_f%%=() { :; }' OTHER=1 PATH="$PATH"
    ok 'the environment is kept, dropped, stashed and set by the plan'"'"'s rules' succeeded_saying 'P_KEPT=one
two
NAMES=KEPT 
SET=a=b c'
}

tests_missing_programs() {
    plan
    op ENV_SET PATH /usr/bin:/bin
    op EXEC 0 no-such-program
    perform
    ok 'a program that is not in PATH is not found' \
        failed_saying '"no-such-program": executable file not found in $PATH'
    plan
    op ENV_SET PATH "/nowhere:$scratch/data:/usr/bin:/bin"
    op EXEC 0 true
    perform
    ok 'a program is searched in the payload'"'"'s PATH' status_is 0
    plan
    op EXEC 0 "$scratch/no-such-program"
    perform
    ok 'a program that is not there is named' failed_saying "cannot execute $scratch/no-such-program"
    plan
    op EXEC 0 "$scratch/data/file"
    perform
    ok 'a file that may not be executed is no program' failed_saying 'Permission denied'
    plan
    op EXEC 1 /bin/true
    perform
    ok 'there are no caller'"'"'s arguments to append' failed_saying 'names an argument that is not there'
    head -c 1000 "$kerr" >"$scratch/plan"
    as "$kerr" --perform "$scratch/plan" >"$scratch/stdout" 2>"$scratch/stderr"
    status=$?
    ok 'what is no plan is refused' failed_saying 'magic is wrong'
    as "$kerr" --perform "$scratch/no-plan" >"$scratch/stdout" 2>"$scratch/stderr"
    status=$?
    ok 'a plan that is not there is named' failed_saying "cannot open the plan $scratch/no-plan"
}

# ---- identity

tests_identity() {
    plan
    op USER_NAMESPACE "0 $uid 1" "0 $gid 1" '' ''
    payload 'echo $(id -u) $(id -g) $(cat /proc/self/uid_map /proc/self/gid_map /proc/self/setgroups)'
    ok 'a user namespace maps the caller to root' succeeded_saying "0 0 0 $uid 1 0 $gid 1 deny"
    plan
    op USER_NAMESPACE "0 $uid 1" "0 $gid 1" '' ''
    op USER_NAMESPACE "$uid 0 1" "$gid 0 1" '' ''
    op PRIVILEGES 1 0 $zero $zero $zero
    payload 'echo $(id -u) $(id -g) $(cat /proc/self/uid_map)'
    ok 'an inner user namespace maps the caller back' succeeded_saying "$uid $gid $uid 0 1"
    plan
    op USER_NAMESPACE "0 $uid 1" "0 $gid 1" '' ''
    op PRIVILEGES 1 0 $zero $zero $zero
    payload 'grep -E "^(NoNewPrivs|Cap...):" /proc/self/status | tr -d "\n\t "'
    ok 'dropped privileges are gone for good' succeeded_saying \
        "CapInh:${zero}CapPrm:${zero}CapEff:${zero}CapBnd:${zero}CapAmb:${zero}NoNewPrivs:1"
    plan
    op USER_NAMESPACE "0 $uid 1" "0 $gid 1" '' ''
    op PRIVILEGES 1 0 $all $all $zero
    payload 'grep -E "^(NoNewPrivs|CapEff):" /proc/self/status | tr -d "\n\t "'
    ok 'kept capabilities are there' eval 'status_is 0 && mentioned NoNewPrivs:1 && ! mentioned CapEff:$zero'
    tests_privileges
    plan
    op USER_NAMESPACE '0 4000000000 1' "0 $gid 1" '' ''
    payload true
    if [ "$uid" = 0 ]; then
        skip 'an id that is not the caller'"'"'s cannot be mapped' 'root may map any'
    else
        ok 'an id that is not the caller'"'"'s cannot be mapped' failed_saying 'cannot write the map'
    fi
    plan
    op USER_NAMESPACE "0 $uid 1" "0 $gid 1" /bin/true /bin/false
    payload true
    ok 'a failing newgidmap is named' failed_saying '/bin/false could not map ids'
    plan
    op USER_NAMESPACE "0 $uid 1" "0 $gid 1" /no/newuidmap /bin/true
    payload true
    ok 'a missing newuidmap is named' failed_saying '/no/newuidmap could not map ids'
    tests_sub_ids
}

# What is asked for is there exactly; what cannot be had starts nothing.
tests_privileges() {
    chown=0000000000000001
    plan
    op USER_NAMESPACE "0 $uid 1" "0 $gid 1" '' ''
    op USER_NAMESPACE "$uid 0 1" "$gid 0 1" '' ''
    op PRIVILEGES 1 239 $chown $chown $chown
    payload 'grep -E "^(NoNewPrivs|Cap...):" /proc/self/status | tr -d "\n\t "'
    ok 'a capability that is asked for is in all five sets' succeeded_saying \
        "CapInh:${chown}CapPrm:${chown}CapEff:${chown}CapBnd:${chown}CapAmb:${chown}NoNewPrivs:1"
    plan
    op USER_NAMESPACE "0 $uid 1" "0 $gid 1" '' ''
    op PRIVILEGES 1 0 $chown $chown $zero
    op PRIVILEGES 1 0 $all $all $zero
    payload 'echo started'
    ok 'a capability that kerr has not is not given' failed_saying 'kerr has not got them itself'
    plan
    op USER_NAMESPACE "0 $uid 1" "0 $gid 1" '' ''
    op PRIVILEGES 1 0 $zero $zero $chown
    payload 'echo started'
    ok 'an inheritable capability that is not permitted starts nothing' failed_saying 'capabilities'
    plan
    op USER_NAMESPACE "0 $uid 1" "0 $gid 1" '' ''
    op PRIVILEGES 0 0 $all $all $zero
    payload 'echo $(grep NoNewPrivs: /proc/self/status)'
    ok 'new privileges are forbidden only if that is asked for' succeeded_saying 'NoNewPrivs: 0'
    if [ "$uid" = 0 ]; then
        plan
        op BECOME 65534 65534
        op PRIVILEGES 1 239 $chown $chown $chown
        payload 'echo $(id -u) $(grep CapEff: /proc/self/status)'
        ok 'another user has the capability that is asked for' succeeded_saying "65534 CapEff: $chown"
        plan
        op BECOME 65534 65534
        op PRIVILEGES 1 239 $zero $zero $zero
        payload 'echo $(id -u) $(grep -E "Cap(Prm|Bnd):" /proc/self/status)'
        ok 'another user has none else' succeeded_saying "65534 CapPrm: $zero CapBnd: $zero"
    fi
}

tests_sub_ids() {
    sentence='sub-ids are mapped by newuidmap and newgidmap'
    users=$(sub_ids /etc/subuid) groups=$(sub_ids /etc/subgid)
    newuidmap=$(command -v newuidmap) newgidmap=$(command -v newgidmap)
    if [ -z "$users" ] || [ -z "$groups" ]; then skip "$sentence" "$name has no range in /etc/subuid"; return; fi
    if [ -z "$newuidmap" ] || [ -z "$newgidmap" ]; then skip "$sentence" 'there is no newuidmap'; return; fi
    plan
    op USER_NAMESPACE "0 $uid 1 1 $users" "0 $gid 1 1 $groups" "$newuidmap" "$newgidmap"
    payload 'echo $(cat /proc/self/uid_map); read -r children </proc/$$/task/$$/children; echo "children: $children"'
    ok "$sentence" mentioned "0 $uid 1 1 $users"
    ok 'the map helper is no child of the payload'"'"'s' mentioned 'children: '
    plan
    op USER_NAMESPACE "0 $uid 1 1 $users" "0 $gid 1 1 $groups" "$newuidmap" "$newgidmap"
    payload 'true' env --ignore-signal=CHLD
    ok 'sub-ids are mapped for a caller that ignores SIGCHLD' status_is 0
}

# "START COUNT" of the first range of the user.
sub_ids() { awk -F: -v name="$name" '$1 == name { print $2, $3; exit }' "$1" 2>/dev/null; }

# ---- the tree

tests_tree() {
    host_tree
    enter
    payload "echo \$PWD; touch '$mine/new' 2>&1; cat '$scratch/data/file'"
    ok 'a read-only tree is seen' mentioned 'of the host'
    ok 'it cannot be written to, though its owner may' mentioned 'Read-only file system'
    ok 'nothing was written' eval '[ ! -e "$mine/new" ]'
    if [ -n "$shared" ]; then
        host_tree
        enter
        payload "touch '$shared/new' 2>&1"
        ok 'nor can a mount below it' eval 'mentioned "Read-only file system" && [ ! -e "$shared/new" ]'
        host_tree
        op BIND "$shared" "$scratch/data" ''
        enter
        payload "touch '$scratch/data/bound' && echo written"
        ok 'a bind without ro can be written to' eval 'status_is 0 && [ -e "$shared/bound" ]'
    else
        skip 'nor can a mount below it' 'there is no other file system at /dev/shm'
        skip 'a bind without ro can be written to' 'there is no other file system at /dev/shm'
    fi
    own_tree
    enter
    payload 'cat /etc/name; cat /proc/self/mountinfo'
    ok 'the root is the plan'"'"'s' mentioned 'of the image'
    ok 'the host'"'"'s root and the session are out of reach' eval \
        '! grep -E " /host | - tmpfs kerr " "$scratch/stderr"'
    own_tree
    op BIND "$mine" /data ''
    enter
    payload 'echo text >/data/written'
    ok 'a directory is bound, to be written to' eval 'status_is 0 && [ "$(cat "$mine/written")" = text ]'
    own_tree
    op BIND "$mine" /data ro,nodev,noexec
    enter
    payload 'grep " /data " /proc/self/mountinfo; echo text >/data/written'
    ok 'flags are on the mount' eval 'grep -q " ro,nosuid,nodev,noexec" "$scratch/stderr" && mentioned "Read-only"'
    own_tree
    op FILE /name 644 'of the session\n'
    op BIND_SESSION /name /etc/name ro
    enter
    payload 'cat /etc/name'
    ok 'a file of the session is bound' succeeded_saying 'of the session'
    own_tree
    op BIND "$scratch/data" / ro
    enter
    payload 'cat /etc/name'
    ok 'a bind on / leaves the root as it is, or is refused' eval 'succeeded_saying "of the image" || status_is 255'
}

tests_escapes() {
    own_tree
    op BIND "$scratch/data" /escape ro
    enter
    payload 'cat /tmp/out/file'
    ok 'a mount point that is a link to /../.. stays in the root' succeeded_saying 'of the host'
    own_tree
    op BIND "$scratch/data" /nowhere ro
    enter
    payload true
    ok 'a link to a directory that only the host has leads nowhere' failed_saying 'cannot bind'
    own_tree
    op BIND "$scratch/data" "/../../../..$scratch/only-on-the-host" ro
    enter
    payload true
    ok 'as does a path with ..' failed_saying 'cannot bind'
    own_tree
    op BIND "$scratch/data" /loop ro
    enter
    payload true
    ok 'a link to itself is no mount point' failed_saying 'too many symbolic links'
    own_tree
    op BIND "$scratch/data" /magic ro
    enter
    payload true
    ok 'a link through /proc/self/root is no mount point' failed_saying 'cannot bind'
    host_tree
    op ENTER
    op CHDIR /proc/self/fd/7
    payload pwd sh -c 'exec 7</tmp; exec "$@"' sh
    ok 'a descriptor of the caller'"'"'s is no working directory' failed_saying 'lies outside the container'
    for descriptor in 3 4 5 6 7 8; do
        host_tree
        op ENTER
        op CHDIR "/proc/self/fd/$descriptor" /
        payload 'pwd -P; ls -d host 2>/dev/null'
        case $(cat "$scratch/stderr") in
        *'lies outside'*) ;;
        *"starting in /
/") ;;
        *) break ;;
        esac
        descriptor=none
    done
    ok 'nor is one of ours' [ "$descriptor" = none ]
    host_tree
    enter
    op CHDIR /no/such/directory
    payload true
    ok 'a directory that is not there is named' failed_saying 'cannot change to the directory /no/such/directory'
    host_tree
    enter
    op CHDIR /no/such/directory "$scratch/data" /
    payload 'pwd; cat file'
    ok 'the next best directory is used, with a warning' eval \
        'status_is 0 && mentioned "WARNING:" && mentioned "starting in $scratch/data" && mentioned "of the host"'
}

tests_mismatches() {
    own_tree
    op BIND "$scratch/data" /etc/name ro
    enter
    payload true
    ok 'a directory cannot be bound on a file' failed_saying 'one is a directory, the other is not'
    own_tree
    op BIND "$scratch/data/file" /data ro
    enter
    payload true
    ok 'a file cannot be bound on a directory' failed_saying 'one is a directory, the other is not'
    own_tree
    op BIND /no/such/directory /data ro
    enter
    payload true
    ok 'what is not on the host cannot be bound' failed_saying 'cannot bind /no/such/directory'
    plan
    op IMAGE 0 "$scratch/data/file" ro 1 2 3 4
    payload true
    ok 'another image than was planned for is refused' failed_saying 'changed while its launch was being planned'
    plan
    op IMAGE 0 "$scratch/data" ro 1 2 3 4
    payload true
    ok 'a directory is no image' failed_saying 'changed while its launch was being planned'
    plan
    # shellcheck disable=SC2046
    op IMAGE 0 "$scratch/data/file" ro $(identity "$scratch/data/file")
    payload true
    ok 'the image that was planned for is opened' status_is 0
    mkfifo "$scratch/fifo" 2>/dev/null
    plan
    op IMAGE 0 "$scratch/fifo" ro 1 2 3 4
    payload true
    ok 'a pipe in the place of the image holds nobody up' failed_saying 'changed while its launch was being planned'
    plan
    op BIND / /data ro
    payload true
    ok 'a bind before there is a root is refused' failed_saying 'outside a session'
    plan
    op ENTER
    payload true
    ok 'there is no entering before there is a root' failed_saying 'outside a session'
}

# Device, inode, bytes and nanoseconds, as IMAGE takes them.
identity() { stat -L -c '%d %i %s %.9Y' "$1" | tr -d .; }

# ---- the image's server

served_tree() {
    plan
    # shellcheck disable=SC2046
    op IMAGE 0 "$scratch/data/file" ro $(identity "$scratch/data/file")
    [ "$uid" = 0 ] || op USER_NAMESPACE "0 $uid 1" "0 $gid 1" '' ''
    op IMAGE_SERVER 0 "$scratch/bin/empty_server" "$mine/report"
    op MOUNT_NAMESPACE
    op SESSION 1048576
    op DIRECTORY /image 755
    op MOUNT_SERVED 0 /image
    op DIRECTORY /skeleton 755
    for directory in usr bin sbin lib lib32 lib64 proc; do
        if [ -L "/$directory" ]; then
            op SYMLINK "/skeleton/$directory" "$(readlink "/$directory")"
        elif [ -d "/$directory" ]; then
            op DIRECTORY "/skeleton/$directory" 755
        fi
    done
    op DIRECTORY /root 755
    op OVERLAY /root '' "$overlay" '' '' /skeleton /image
    op ROOT /root
    host_programs
}

# Its parent, the init of this machine, may take its time to reap it.
server_ended() {
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        grep -q '^State:[^Z]*$' "/proc/$1/status" 2>/dev/null || return 0
        sleep 0.2
    done
    sed 's/^/#   server: /' "/proc/$1/status"
    return 1
}

reported() { grep -qxF -e "$1" "$mine/report"; }

tests_server() {
    if [ ! -w /dev/fuse ]; then skip 'an image is served' 'there is no /dev/fuse'; return; fi
    served_tree
    enter
    payload 'ls / | tr "\n" " "; read -r children </proc/$$/task/$$/children; echo "children: $children"' \
        env SECRET=1 sh -c 'exec 7</dev/null; exec "$@"' sh
    ok 'an image is served, and lies under a skeleton of mount points' mentioned ' usr '
    ok 'the payload has no children' mentioned 'children: '
    server=$(sed -n 's/^pid //p' "$mine/report" 2>/dev/null)
    ok 'the server has the image as descriptor 3' reported 'image of'
    ok 'the server has five descriptors, and none of the caller'"'"'s' reported 'descriptors 0 1 2 3 4'
    ok 'the server has nothing of the environment' reported 'environment PATH=/usr/bin:/bin'
    ok 'the server is a session of its own, in /' eval 'reported "session $server" && reported "directory /"'
    ok 'the server ends with the payload' server_ended "${server:-1}"

    served_tree
    enter
    payload 'exec sleep 0.1' sh -c '{ "$@" 2>&1; } | cat' sh
    ok 'a pipe from the payload is closed when it ends' status_is 0

    served_tree
    enter
    payload 'kill -9 $$' sh -c '"$@"; exit 0' sh
    server=$(sed -n 's/^pid //p' "$mine/report")
    ok 'the server ends with a payload that is killed' server_ended "${server:-1}"

    served_tree
    enter
    op EXEC 0 /no/such/program
    perform
    server=$(sed -n 's/^pid //p' "$mine/report")
    ok 'the server ends with a payload that never was' eval 'status_is 255 && server_ended "${server:-1}"'

    served_tree
    sed 's,^IMAGE_SERVER.*,IMAGE_SERVER\t0\t/no/such/server,' "$scratch/lines" >"$scratch/edited"
    cp "$scratch/edited" "$scratch/lines"
    enter
    payload true
    ok 'a server that cannot be started is found out' failed_saying 'cannot read the image'

    served_tree
    enter
    payload true env --ignore-signal=CHLD
    ok 'an image is served to a caller that ignores SIGCHLD' status_is 0
}

tests_loop() {
    sentence='the kernel mounts an image by loop device'
    if [ "$uid" != 0 ]; then skip "$sentence" 'only root may'; return; fi
    if ! command -v mksquashfs >/dev/null || ! [ -c /dev/loop-control ] || ! grep -qw squashfs /proc/filesystems; then
        skip "$sentence" 'needs mksquashfs, squashfs and /dev/loop-control'
        return
    fi
    mksquashfs "$scratch/tree" "$scratch/squashfs" -noappend -quiet -no-progress >/dev/null 2>&1
    { head -c 4096 /dev/zero; cat "$scratch/squashfs"; } >"$scratch/image"
    plan
    # shellcheck disable=SC2046
    op IMAGE 0 "$scratch/image" ro $(identity "$scratch/image")
    op MOUNT_NAMESPACE
    op SESSION 1048576
    op DIRECTORY /image 755
    op MOUNT_LOOP 0 /image ro 4096 "$(stat -c %s "$scratch/squashfs")" squashfs
    op ROOT /image
    host_programs
    enter
    payload 'cat /etc/name; ls /proc/$$/fd | tr "\n" " "'
    ok "$sentence" eval 'status_is 0 && mentioned "of the image"'
    for _ in 1 2 3 4 5; do
        cat /sys/block/loop*/loop/backing_file 2>/dev/null | grep -qF "$scratch/image" || break
        sleep 0.2
    done
    ok 'and nothing of the device is left' eval \
        '! cat /sys/block/loop*/loop/backing_file 2>/dev/null | grep -qF "$scratch/image"'
}

# ---- steps of a build

tests_pid_namespace() {
    own_tree_with_pids
    payload 'echo $$ $(cat /proc/1/comm) $(ls -d /proc/[0-9]* | wc -l)'
    ok 'a step is the second process of its PID namespace' mentioned '2 kerr'
    own_tree_with_pids
    payload 'exit 9'
    ok 'a step'"'"'s status comes through the PID namespace' status_is 9
    own_tree_with_pids
    payload 'kill -SEGV $$'
    ok 'as 128 and the signal if one ended it' status_is 139
    mark=98765.$$
    own_tree_with_pids
    payload "sleep $mark & true"
    sleep 0.2
    ok 'what a step leaves in the background ends with it' eval \
        'status_is 0 && ! cat /proc/[0-9]*/cmdline 2>/dev/null | tr "\0" " " | grep -q "^sleep $mark"'
    own_tree_with_pids
    op EXEC 0 /bin/sh -c "sleep $mark; true"
    perform sh -c '"$@" & sleep 1; kill -9 $!; sleep 0.3' sh
    ok 'a step ends with kerr, however that ends' eval \
        '! cat /proc/[0-9]*/cmdline 2>/dev/null | tr "\0" "\n" | grep -q "^sleep $mark"'
    own_tree_with_pids
    payload 'exit 0' env --ignore-signal=CHLD
    ok 'a step runs for a caller that ignores SIGCHLD' status_is 0
    sentence='a step has the host'"'"'s proc where the kernel refuses a new one'
    if ! as unshare -Urm true 2>/dev/null; then
        skip "$sentence" 'unshare cannot make a user namespace'
        return
    fi
    plan
    op USER_NAMESPACE '0 0 1' '0 0 1' '' ''
    op PROCESS_NAMESPACE bound
    op MOUNT_NAMESPACE
    op PROC /proc
    payload 'test -d /proc/self/fd && echo $$' unshare -Urm sh -c 'mount -t tmpfs none /proc/irq && exec "$@"' sh
    ok "$sentence" succeeded_saying 2
}

own_tree_with_pids() {
    plan
    [ "$uid" = 0 ] || op USER_NAMESPACE "0 $uid 1" "0 $gid 1" '' ''
    op PROCESS_NAMESPACE bound
    op MOUNT_NAMESPACE
    op SESSION 1048576
    op DIRECTORY /image 755
    op MOUNT_DIRECTORY "$scratch/tree" /image ro
    op ROOT /image
    host_programs
    op PROC /proc
    enter
}

# ---- a network of its own

# network HELPER…: a plan whose namespace is connected by a helper; without one it is only made.
network() {
    plan
    [ "$uid" = 0 ] || op USER_NAMESPACE "0 $uid 1" "0 $gid 1" '' ''
    [ $# = 0 ] || op NETWORK_HELPER "$@"
    op NAMESPACES net
    op LOOPBACK
}

# In a plan, a tab ends an argument, so the scripts have none.
no_watchers() {
    sleep 1
    [ -z "$(ps -u "$uid" -o stat=,comm= | grep -v '^Z' | grep kerr-network)" ]
}

tests_network() {
    interfaces='cut -d : -f 1 /proc/net/dev | tail -n +3 | tr -d " "'
    network
    payload "$interfaces >&2; cat /proc/net/route | wc -l >&2"
    ok 'a network of its own has a loopback interface and no route' succeeded_saying "lo
1"
    public=$(as mktemp -d /var/tmp/kerr-perform-XXXXXX) # the helper has a /tmp of its own
    network serve 0 /bin/sh -c "ls /tmp >$public/seen; ls -iL @net@ | cut -d ' ' -f 1 >$public/served; echo >/tmp/ready; exec sleep 60"
    payload 'ls -iL /proc/self/ns/net | cut -d " " -f 1 >&2'
    ok 'a helper that serves sees the namespace, and nothing else in its directory' \
        eval 'succeeded_saying "$(cat "$public/served")" && [ "$(tr "\n" " " <"$public/seen")" = "net ready " ]'
    rm -rf "$public"
    network serve 0 /bin/sh -c 'echo first >&2; echo the reason >&2; exit 1'
    payload 'echo started >&2'
    ok 'a helper that fails says why' failed_saying 'sh cannot make the network: the reason'
    ok 'and nothing is started' eval '! mentioned started'
    network serve 1 1:2/tcp text /bin/sh -c 'echo >/tmp/ready; exec sleep 60'
    payload 'echo started >&2'
    ok 'a request that nobody takes fails' failed_saying 'sh takes no request for 1:2/tcp'
    network once 0 /bin/sh -c "echo @act@ >>$mine/acts; echo made >&3; ls -iL @net@ | cut -d ' ' -f 1 >>$mine/acts"
    payload "ls -iL /proc/self/ns/net | cut -d ' ' -f 1; cat $mine/acts >&2"
    sleep 1
    ok 'a helper of one act has done it before the payload' eval 'status_is 0 && [ "$(head -n 1 "$scratch/stderr")" != down ]'
    ok 'and undoes it in the same namespace' \
        eval '[ "$(sed -n "1p;3p" "$mine/acts" | tr "\n" " ")" = "up down " ] && [ "$(sed -n 2p "$mine/acts")" = "$(sed -n 4p "$mine/acts")" ]'
    : >"$mine/acts"
    network once 0 /bin/sh -c "echo @act@ >>$mine/acts; echo 'FATAL:   it cannot be' >&2; [ @act@ = down ]"
    payload 'echo started >&2'
    ok 'what one of one act has begun is undone if it fails' \
        eval 'failed_saying "FATAL:   it cannot be" && [ "$(tr "\n" " " <"$mine/acts")" = "up down " ]'
    plan
    op NETWORK_HELPER serve 7 /bin/true
    payload true
    ok 'a helper without a program is refused' failed_saying 'network helper has no program'
    plan
    op JOIN_NETWORK /etc/passwd
    payload true
    ok 'what is no network namespace is not joined' failed_saying 'is no network namespace'
    ok 'no helper and no watcher is left' no_watchers
}

# ---- who

# suite NAME: all of it as that user, who is reached by the function `as`.
suite() {
    name=$1 uid=$(id -u "$1") gid=$(id -g "$1")
    if [ "$uid" = 0 ]; then who='as root'; else who='as a user'; fi
    [ "$uid" = 0 ] && overlay='' || overlay=userxattr
    if ! as "$kerr" --check >/dev/null 2>&1; then
        skip 'containers are made' 'this host cannot: see kerr --check'
        return
    fi
    mine=$scratch/of-$name
    mkdir "$mine" && chown "$uid:$gid" "$mine"
    shared=
    if [ -d /dev/shm ] && [ "$(stat -c %d /dev/shm)" != "$(stat -c %d /)" ]; then
        shared=$(as mktemp -d /dev/shm/kerr-perform-XXXXXX)
    fi
    tests_process
    tests_environment
    tests_missing_programs
    tests_identity
    tests_tree
    tests_escapes
    tests_mismatches
    tests_server
    tests_loop
    tests_pid_namespace
    tests_network
    [ -z "$shared" ] || rm -rf "$shared"
    shared=
}

make_tree
: >"$scratch/stdout" && : >"$scratch/stderr"
as() { "$@"; }
suite "$(id -un)"
if [ "$(id -u)" = 0 ]; then
    user=${2-}
    if [ -z "$user" ]; then
        who='as a user'
        skip 'containers are made' 'no user was named'
    elif ! command -v setpriv >/dev/null; then
        who='as a user'
        skip 'containers are made' 'there is no setpriv'
    else
        as() { setpriv --reuid="$uid" --regid="$gid" --init-groups -- "$@"; }
        suite "$user"
    fi
fi
echo "# perform: $((cases - failures - skipped)) passed, $failures failed, $skipped skipped"
echo "1..$cases"
[ "$failures" = 0 ]
