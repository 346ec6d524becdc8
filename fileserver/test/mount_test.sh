#!/bin/bash
# End-to-end tests of squashfs-server: mounts images as a launch does, and compares what is seen with what they were made of.
#
#   mount_test.sh SERVER        as root, else in a user namespace of its own
#
# SERVER is the built program. Needs mksquashfs, a C compiler and /dev/fuse. Prints the Test Anything Protocol; the
# status is 0 if no case failed.
set -u
umask 022
here=$(cd "$(dirname "$0")" && pwd)
if [ $# -ne 1 ] || [ ! -x "$1" ]; then
    echo "usage: $0 SERVER" >&2
    exit 2
fi
if [ "$(id -u)" != 0 ]; then exec unshare --user --map-root-user --mount "$0" "$(readlink -f "$1")"; fi
if [ "${MOUNT_TEST_ISOLATED:-}" = '' ]; then MOUNT_TEST_ISOLATED=1 exec unshare --mount "$0" "$(readlink -f "$1")"; fi
skip_all() {
    echo "1..0 # SKIP $1"
    exit 0
}
command -v mksquashfs >/dev/null || skip_all 'there is no mksquashfs'
command -v "${CC:-cc}" >/dev/null || skip_all 'there is no C compiler'
if ! : 2>/dev/null <>/dev/fuse; then skip_all '/dev/fuse cannot be opened'; fi

server=$(readlink -f "$1")
scratch=$(mktemp -d "${TMPDIR:-/tmp}/kerr-fileserver-XXXXXX") || exit 2
mount=$scratch/mount
cleanup() {
    umount "$mount" 2>/dev/null
    rm -rf --one-file-system "$scratch"
}
trap cleanup EXIT
trap 'exit 2' HUP INT TERM
mkdir "$mount"
"${CC:-cc}" -std=c17 -O1 "$here/tool/mount_server.c" -o "$scratch/mount_server" || exit 2

cases=0 failures=0

# ok SENTENCE COMMAND…: one case; it holds if the command succeeds.
ok() {
    local sentence=$1
    cases=$((cases + 1))
    shift
    if "$@"; then
        echo "ok $cases - $sentence"
    else
        failures=$((failures + 1))
        echo "not ok $cases - $sentence"
        echo "#   wanted: $*"
    fi
}

# serve IMAGE [OPTION] OFFSET [LENGTH]: mounts; $pid is the server's, $waiter who knows how it ends.
serve() {
    local image=$1
    shift
    rm -f "$scratch/pid"
    mkfifo "$scratch/pid"
    timeout 300 "$scratch/mount_server" -w "$mount" "$image" "$server" "$@" >"$scratch/pid" 2>"$scratch/stderr" &
    waiter=$!
    read -r pid <"$scratch/pid"
}

# ends_with STATUS: how the server ended.
ends_with() {
    wait "$waiter"
    status=$?
    [ "$status" = "$1" ] || echo "# status $status, not $1: $(cat "$scratch/stderr")"
    [ "$status" = "$1" ]
}

unserve() {
    umount "$mount"
    ends_with 0
}

# Everything about each file but its place: kind, mode, owner, size, time, links, device, target.
attributes() (
    cd "$1" && find . ! -type d -printf '%p %y %m %U %G %s %Ts %n %l\n' -o -printf '%p %y %m %U %G %Ts\n' | sort
    find . \( -type b -o -type c \) -exec stat -c '%n %t %T' {} + | sort
)
contents() (cd "$1" && find . -type f -print0 | sort -z | xargs -0 sha256sum)
xattrs() (cd "$1" && find . -print0 | sort -z | xargs -0 getfattr -h -d -m '^(user|security|trusted)\.' -e hex 2>/dev/null)
hard_links() (cd "$1" && find . -type f -links +1 -printf '%i %p\n' | sort -k 2 | awk '{ print (seen[$1] == "" ? seen[$1] = $2 : seen[$1]), $2 }')

same_as_tree() {
    "$1" "$mount" >"$scratch/$1.actual" 2>"$scratch/errors"
    [ -s "$scratch/errors" ] && sed 's/^/#   /' "$scratch/errors" | head -n 5
    cmp -s "$scratch/$1.actual" "$scratch/$1.expected" && return
    diff "$scratch/$1.expected" "$scratch/$1.actual" | head -n 10 | sed 's/^/#   /'
    return 1
}

# ---- the tree

tree=$scratch/tree
"$here/make_images.sh" "$scratch/small" || exit 2
mkdir "$tree"
cp -a "$scratch/small/tree" "$tree/small"
mkdir "$tree/large" "$tree/sizes"
(cd "$tree/large" && seq -f 'name-of-file-%05g' 5000 | xargs touch)
for size in 4096 8192 131072 262144 1048576 3000000; do
    for difference in -1 0 1; do
        seq 1000000000 | head -c $((size + difference)) >"$tree/sizes/$((size + difference))"
    done
done
head -c 400000 /dev/urandom >"$tree/sizes/random"
(head -c 200000 /dev/zero; echo middle; head -c 900000 /dev/zero; echo end) >"$tree/sizes/holes"
deep=$tree/deep
for i in $(seq 60); do deep=$deep/directory-$i; done
mkdir -p "$deep"
echo deepest >"$deep/file"
touch "$tree/$(printf 'n%.0s' $(seq 255))"
cp /bin/true "$tree/program"
setcap cap_net_raw+ep "$tree/program" 2>/dev/null || true
for i in $(seq 300); do setfattr -n "user.name-$i" -v "value $i" "$tree/sizes/random" 2>/dev/null || break; done
setfattr -n trusted.note -v trusted "$tree/program" 2>/dev/null || true
for what in attributes contents xattrs hard_links; do $what "$tree" >"$scratch/$what.expected"; done

# ---- each compressor and block size

# compare NAME OPTION…: an image made so shows the tree.
compare() {
    local name=$1 image=$scratch/image.sqfs what
    shift
    mksquashfs "$tree" "$image" -noappend -no-progress -quiet "$@" >/dev/null || exit 2
    # shellcheck disable=SC2086 # the offset is a word, or none
    serve "$image" ${offset:-0}
    for what in attributes contents hard_links xattrs; do ok "$name: $what are the tree's" same_as_tree $what; done
    ok "$name: unmounted, the server ends with 0" unserve
}

for compressor in gzip zstd lz4 xz; do
    for block in 4096 131072 1048576; do compare "$compressor, blocks of $block" -comp $compressor -b $block; done
done
compare 'gzip, no fragments' -comp gzip -no-fragments
compare 'zstd, all tails in fragments' -comp zstd -always-use-fragments
compare 'nothing is compressed' -noI -noId -noD -noF -noX
# -offset leaves room at the beginning, as a SIF has
offset="8192" compare 'behind other bytes' -comp zstd -offset 8192
offset=

# ---- what the kernel need not ask for

zstd=$scratch/image.sqfs
mksquashfs "$tree" "$zstd" -noappend -no-progress -quiet -comp zstd >/dev/null
serve "$zstd" 0
ok 'a name that is not there is not there' test ! -e "$mount/large/none"
ok 'nothing can be written' eval '! touch "$mount/new" 2>/dev/null'
ok 'a special place in a listing is found again' \
    test "$(ls "$mount/large" | wc -l)" = 5000
ok 'the file system says what it is' test "$(stat -f -c %c "$mount")" -gt 5000

# ---- many at once

parallel() {
    local readers=()
    for i in $(seq 32); do
        (cd "$mount" && find . -type f -print0 | sort -z $([ $((i % 2)) = 0 ] && echo -r) | xargs -0 sha256sum | sort -k 2 |
            cmp -s - "$scratch/sorted") &
        readers+=($!)
    done
    for reader in "${readers[@]}"; do wait "$reader" || return 1; done
}
sort -k 2 "$scratch/contents.expected" >"$scratch/sorted"
echo 3 2>/dev/null >/proc/sys/vm/drop_caches || true
ok '32 processes read everything at once' parallel

# ---- the sandbox

status_has() { grep -q "^$1:[[:space:]]*$2\$" "/proc/$pid/status"; }
descriptors() { find "/proc/$pid/fd" -type l -printf '%f %l\n' 2>/dev/null | sort -n; }
ok 'system calls are filtered' status_has Seccomp 2
ok 'no privileges can be had' status_has NoNewPrivs 1
ok 'there are no capabilities' status_has CapEff 0000000000000000
ok 'nor can any come back' status_has CapPrm 0000000000000000
if [ "$(descriptors | wc -l)" -gt 0 ]; then # of a process without dumps only the host's root sees them
    ok 'only the image and /dev/fuse are open' test "$(descriptors | grep -v ' /dev/fuse$')" = "3 $zstd"
    ok 'all from 3 on' test "$(descriptors | head -n 2 | cut -d ' ' -f 1 | tr '\n' ' ')" = '3 4 '
else
    ok 'its descriptors cannot be looked at' true
fi
ok 'with all this it ends with 0' unserve

# ---- ends

serve "$zstd" 0
kill -9 "$pid"
ok 'killed, it is dead' ends_with 137
ok 'the mount then fails, and does not hang' eval '! timeout 5 ls "$mount" >/dev/null 2>&1'
umount "$mount"
ok 'no process is left' test ! -e "/proc/$pid"

# fails MESSAGE: the server ends with 1 and says so.
fails() { ends_with 1 && grep -q "^squashfs-server: .*$1" "$scratch/stderr"; }
head -c 3000 "$zstd" >"$scratch/short"
head -c 3000 /dev/zero >"$scratch/zeros"
serve "$scratch/short" 0
ok 'an image that is cut short is refused' fails 'cut short'
umount "$mount"
serve "$scratch/zeros" 0
ok 'zeros are no image' fails 'no SquashFS'
umount "$mount"
serve "$zstd" 0 2000
ok 'an image that is longer than it may be is refused' fails 'cut short'
umount "$mount"
serve "$zstd" nonsense
ok 'an offset that is no number is refused' fails 'not a number'
umount "$mount"
if mksquashfs "$here/tool" "$scratch/lzo" -comp lzo -noappend -no-progress -quiet >/dev/null 2>&1; then
    serve "$scratch/lzo" 0
    ok 'lzo is refused' fails 'lzo is not supported'
    umount "$mount"
fi

# ---- what is read

: >"$scratch/record"
serve "$zstd" --record "$scratch/record" 0
cat "$mount/program" "$mount/sizes/random" "$mount/program" >/dev/null
numbers=$(stat -c %i "$mount/program" "$mount/sizes/random" | tr '\n' ' ')
ok 'a file is recorded when it is first read' \
    test "$(od -An -v -tu4 -w4 "$scratch/record" | tr -d ' ' | tr '\n' ' ')" = "$numbers"
ok 'and all else works' unserve

echo "# fileserver: $((cases - failures)) passed, $failures failed, 0 skipped"
echo "1..$cases"
[ "$failures" = 0 ]
