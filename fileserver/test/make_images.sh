#!/bin/sh
# Makes a small tree with everything that SquashFS has, and images of it.
#
#   make_images.sh DIRECTORY        writes DIRECTORY/tree and DIRECTORY/*.sqfs
#
# What needs privileges (devices, owners, attributes that are not the user's) is there only if the caller has them.
set -eu
umask 022
mkdir -p "$1/tree"
cd "$1"

# file NAME BYTES: content that packs, but is not one byte over and over.
file() { seq 1 100000000 | head -c "$2" >"tree/$1"; }

file empty 0
file small 100
file exact-4k 4096
file less-4k 4095
file more-4k 4097
file blocks 300000
head -c 9000 /dev/urandom >tree/random
cat tree/blocks tree/random >tree/mixed
truncate -s 1M tree/hole
printf 'end' >>tree/hole
mkdir -p tree/many tree/a/b/c/d tree/nothing
(cd tree/many && seq -f 'file-%04g' 600 | xargs touch)
ln tree/small tree/a/hard-link
ln -s ../small tree/a/link
ln -s "$(printf 'x%.0s' $(seq 1000))" tree/a/long-link
mkfifo -m 640 tree/pipe
touch "tree/a/$(printf 'n%.0s' $(seq 255))"
chmod 4755 tree/a/b
touch -d 2001-02-03T04:05:06Z tree/random
if [ "$(id -u)" = 0 ]; then
    chown 1234:5678 tree/random 2>/dev/null || true
    (mknod tree/null c 1 3 && mknod tree/disk b 259 300) 2>/dev/null || true
fi
setfattr -n user.note -v short tree/small 2>/dev/null || true
setfattr -n user.long -v "$(printf 'v%.0s' $(seq 1000))" tree/small 2>/dev/null || true
setfattr -n user.long -v "$(printf 'v%.0s' $(seq 1000))" tree/mixed 2>/dev/null || true
setfattr -n user.note -v directory tree/many 2>/dev/null || true

# image NAME OPTION…
image() {
    name=$1
    shift
    mksquashfs tree "$name.sqfs" -noappend -no-progress -quiet -processors 1 "$@" >/dev/null
}

for compressor in gzip zstd lz4 xz; do
    image "$compressor" -comp "$compressor" -b 4096
done
image large-blocks -comp zstd -b 1048576
image no-fragments -comp gzip -b 8192 -no-fragments
image tails -comp zstd -b 65536 -always-use-fragments
image no-xattrs -comp gzip -no-xattrs
image plain -noI -noId -noD -noF -noX -b 4096        # for the fuzzer: every byte of it means something
image plain-metadata -comp lz4 -noI -noId -noX -b 8192
