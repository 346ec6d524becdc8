#!/usr/bin/env bash
# kerr overlay create: writable overlays, as files and in images. (ext3 is looked into by debugfs and e2fsck.)
. "$(dirname "$0")/lib.sh"
. "$E2E/fixtures/common.sh"
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
SIZE=134217728

# owner FILE PATH: "uid gid mode" of a directory in an ext3 file.
owner() {
  local stat
  stat=$(debugfs -R "stat \"$2\"" "$1" 2>/dev/null)
  sed -n 's/^User: *\([0-9]*\) *Group: *\([0-9]*\) .*/\1 \2/p' <<<"$stat" | tr '\n' ' '
  sed -n 's/.*Mode: *\([0-7]*\) .*/\1/p' <<<"$stat"
}

blocks() { stat -c %b "$1"; }

makes_a_file() {
  expect_silent "$KERR" overlay create --size 128 o.img
  expect_equal "$SIZE 600" "$(stat -c '%s %a' o.img)"
  [ "$(blocks o.img)" -ge $((SIZE / 512)) ]
  e2fsck -fn o.img
  expect_equal "$(id -u) $(id -g) 0755" "$(owner o.img /upper)"
  expect_equal "$(id -u) $(id -g) 0755" "$(owner o.img /work)"
  expect_equal o.img "$(ls -A)"
}

makes_64_mib_unless_told() {
  expect_silent "$KERR" overlay create o.img
  expect_equal 67108864 "$(stat -c %s o.img)"
  expect_silent "$KERR" overlay create -s 1G -S big.img
  expect_equal 1073741824 "$(stat -c %s big.img)"
}

makes_sparse_files() {
  expect_silent "$KERR" overlay create --sparse --size 128 o.img
  expect_equal "$SIZE" "$(stat -c %s o.img)"
  [ "$(blocks o.img)" -lt $((SIZE / 512 / 8)) ]
  expect_silent env KERR_SPARSE=1 "$KERR" overlay create p.img
  [ "$(blocks p.img)" -lt 32768 ]
}

makes_directories() {
  expect_silent "$KERR" overlay create --create-dir /opt/data,srv --create-dir 'a b' o.img
  local directory
  for directory in opt opt/data srv 'a b'; do
    expect_equal "$(id -u) $(id -g) 0755" "$(owner o.img "/upper/$directory")"
  done
  expect_fatal 'leads out of it' "$KERR" overlay create --create-dir a/../../b p.img
}

makes_it_roots() {
  expect_silent "$KERR" overlay create --fakeroot --create-dir opt o.img
  expect_equal '0 0 0755' "$(owner o.img /upper)"
  expect_equal '0 0 0755' "$(owner o.img /upper/opt)"
  expect_equal '0 0 0755' "$(owner o.img /work)"
  e2fsck -fn o.img
}

refuses_sizes() {
  local size
  for size in 0 1 63 16777216 20000G; do
    expect_fatal overlay "$KERR" overlay create --size $size o.img
  done
  for size in x -1 1.5G 65537K ''; do
    expect_usage_error -- "$KERR" overlay create "--size=$size" o.img
  done
  expect_equal '' "$(ls -A)"
}

replaces_nothing() {
  expect_silent "$KERR" overlay create o.img
  echo text >text
  ln -s nowhere link
  mkfifo fifo
  sha256sum o.img text >before
  expect_fatal 'exists already' "$KERR" overlay create o.img
  expect_fatal 'no whole SIF file' "$KERR" overlay create text
  expect_fatal 'exists already' "$KERR" overlay create link
  expect_fatal 'exists already' timeout 20 "$KERR" overlay create fifo
  expect_fatal 'exists already' "$KERR" overlay create "$PWD"
  expect_fatal 'no such file' "$KERR" overlay create no/o.img
  sha256sum --check --quiet before
}

adds_to_an_image() {
  cp "$BUSYBOX" image.sif
  chmod u+w image.sif
  expect_silent "$KERR" overlay create --create-dir opt image.sif
  expect_stdout_contains 'FS (Ext3/Overlay/amd64)' "$KERR" sif list image.sif
  "$KERR" sif dump 4 image.sif >o.img
  expect_equal 67108864 "$(stat -c %s o.img)"
  e2fsck -fn o.img
  expect_equal "$(id -u) $(id -g) 0755" "$(owner o.img /upper/opt)"
  expect_stdout hello "$KERR" exec image.sif echo hello
  expect_fatal 'writable overlay already' "$KERR" overlay create image.sif
  expect_silent "$KERR" sif del --compact 4 image.sif
  expect_silent "$KERR" overlay create image.sif
}

refuses_images() {
  cp "$IMAGES/signed.sif" "$IMAGES/gocryptfs.sif" "$BUSYBOX" .
  chmod u+w ./*.sif
  sha256sum ./*.sif >before
  expect_fatal 'kerr sif del' "$KERR" overlay create signed.sif
  expect_fatal encrypted "$KERR" overlay create gocryptfs.sif
  expect_fatal sparse "$KERR" overlay create --sparse busybox.sif
  sha256sum --check --quiet before
  "$KERR" sif new data.sif
  expect_fatal 'no primary partition' "$KERR" overlay create data.sif
}

# Whenever it is ended, there is a whole overlay or nothing.
leaves_nothing_when_ended() {
  local delay
  for delay in 0.1 0.2 0.3 0.4 0.6; do
    timeout -s TERM $delay "$KERR" overlay create --size 512 o.img || true
    [ ! -e o.img ] || e2fsck -fn o.img
    rm -f o.img
    expect_equal '' "$(ls -A)"
    timeout -s KILL $delay "$KERR" overlay create --size 512 o.img || true
    [ ! -e o.img ] || e2fsck -fn o.img
    rm -f o.img
    expect_equal '' "$(ls -A)"
  done
}

names_what_is_missing() {
  echo 'binary path = /nowhere' >conf
  expect_fatal e2fsprogs "$KERR" --config conf overlay create o.img
  expect_stdout_contains mkfs.ext3 "$KERR" doctor
  expect_fatal 'no such file' "$KERR" overlay sync o.sif
  expect_fatal 'no such file' "$KERR" overlay seal o.sif
  cp "$BUSYBOX" native.sif
  chmod u+w native.sif
  expect_fatal 'is no OCI-SIF' "$KERR" overlay seal native.sif
  expect_usage_error create "$KERR" overlay
  expect_usage_error create "$KERR" overlay create
}

leaves_nothing_behind() { expect_no_leftovers "$KERR" overlay create o.img; }

it 'makes a file of exactly that size, the caller'"'"'s' makes_a_file
it 'makes 64 MiB unless told otherwise' makes_64_mib_unless_told
it 'makes sparse files' makes_sparse_files
it 'makes directories in it' makes_directories
it 'makes it root'"'"'s for --fakeroot' makes_it_roots
it 'refuses sizes that are too small or too large' refuses_sizes
it 'replaces nothing' replaces_nothing
it 'adds a partition to an image' adds_to_an_image
it 'refuses images that can take none, and changes nothing' refuses_images
it 'leaves nothing when it is ended' leaves_nothing_when_ended
it 'names what is missing' names_what_is_missing
it 'leaves nothing behind' leaves_nothing_behind
