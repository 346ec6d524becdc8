#!/usr/bin/env bash
# How kerr build packs and unpacks images, by itself.
# shellcheck disable=SC2164 # a case ends at its first failing command
. "$(dirname "$0")/lib.sh"
EITHER=yes
. "$E2E/fixtures/common.sh"

HEADER="Bootstrap: localimage
From: $BUSYBOX"

no_own_processes() { [ -z "$(processes)" ]; }

# A directory, whatever order its files were made in and whenever: and with any number of threads.
packs_a_directory_reproducibly() {
  local tree
  export SOURCE_DATE_EPOCH=1000000000
  for tree in "$PWD/one" "$PWD/two"; do
    mkdir -p "$tree/box/d"
    (cd "$tree/box" && seq 20000 >d/numbers && seq 30 | xargs touch && ln d/numbers linked && ln -s d link)
    touch -d @999999999 "$tree/box/1"
    sleep 1.1
  done
  (cd one && "$KERR" -q build --processors 1 ../one.sif box)
  (cd two && "$KERR" -q build --processors 3 ../two.sif box)
  cmp one.sif two.sif
}

packs_with_each_compression() {
  local name
  sandbox
  for name in zstd zstd:19 gzip gzip:1 lz4 xz none; do
    convert "$name.sif" "$SANDBOX" --compression "$name"
    expect_stdout "$name" "$KERR" exec "$name.sif" echo "$name"
  done
  [ "$(stat -c %s none.sif)" -gt "$(stat -c %s lz4.sif)" ]
  [ "$(stat -c %s lz4.sif)" -gt "$(stat -c %s xz.sif)" ]
  convert large.sif "$SANDBOX" --block-size 1M --processors 1
  KERR_COMPRESSION=none KERR_BLOCK_SIZE=4K convert small.sif "$SANDBOX"
  expect_stdout ok "$KERR" exec large.sif echo ok
  expect_stdout ok "$KERR" exec small.sif echo ok
}

takes_arguments_of_mksquashfs() {
  sandbox
  convert one.sif "$SANDBOX" --mksquashfs-args '-comp gzip -Xcompression-level 1 -b 64K -processors 1 -no-fragments'
  SOURCE_DATE_EPOCH=5 convert two.sif "$SANDBOX" --compression gzip:6
  SOURCE_DATE_EPOCH=5 APPTAINER_MKSQUASHFS_ARGS='-comp gzip -Xcompression-level 6' convert three.sif "$SANDBOX"
  expect_stdout ok "$KERR" exec one.sif echo ok
  cmp two.sif three.sif
}

refuses_wrong_ways_to_pack() {
  expect_usage_error '--compression brotli' "$KERR" build --compression brotli out.sif "$BUSYBOX"
  expect_usage_error '--compression zstd:23' "$KERR" build --compression zstd:23 out.sif "$BUSYBOX"
  expect_usage_error '--block-size 3K' "$KERR" build --block-size 3K out.sif "$BUSYBOX"
  expect_usage_error '--block-size 2M' "$KERR" build --block-size 2M out.sif "$BUSYBOX"
  expect_usage_error '--processors 0' "$KERR" build --processors 0 out.sif "$BUSYBOX"
  expect_usage_error 'argument -noD' "$KERR" build --mksquashfs-args '-comp gzip -noD' out.sif "$BUSYBOX"
  expect_usage_error '-comp lzo' "$KERR" build --mksquashfs-args '-comp lzo' out.sif "$BUSYBOX"
  expect_equal '' "$(ls -A)"
}

# listing DIRECTORY: what SquashFS keeps of its files (of times only seconds; minutes do here).
listing() {
  (cd "$1" && find . -mindepth 1 -printf '%P %y %m %U:%G %n %s %TY%Tm%Td-%TH%TM %l\n' | LC_ALL=C sort)
}

keeps_files_from_sandbox_to_image_and_back() {
  build box --sandbox <<END
$HEADER
%post
    mkdir /kept && cd /kept
    echo a >one && ln one two && ln -s one link
    touch 'with blanks' 'with
a line' "\$(printf 'not\\377utf8')" && mkfifo pipe
    echo end >owned && chown 12:34 owned && chmod 4750 owned
    dd if=/dev/zero of=sparse bs=1 count=1 seek=10000000 2>/dev/null
    touch -t 200102030405 one owned
END
  if command -v setfattr >/dev/null; then setfattr -n user.kerr -v value box/kept/one 2>/dev/null || true; fi
  convert image.sif box
  convert back image.sif --sandbox
  expect_equal "$(listing box/kept)" "$(listing back/kept)"
  [ back/kept/one -ef back/kept/two ]
  [ "$(stat -c %b back/kept/sparse)" -lt 100 ]
  if command -v getfattr >/dev/null; then
    expect_equal "$(cd box && getfattr -Rhd -m user. kept 2>/dev/null)" "$(cd back && getfattr -Rhd -m user. kept 2>/dev/null)"
  fi
}

# A path on which each program of the host is but those.
path_without() {
  local directory file
  mkdir "$PWD/programs"
  for directory in /usr/local/sbin /usr/local/bin /usr/sbin /usr/bin /sbin /bin; do
    for file in "$directory"/*; do
      case ${file##*/} in mksquashfs | unsquashfs | sqfs*) ;; *) ln -s "$file" "$PWD/programs/" 2>/dev/null || true ;; esac
    done
  done
}

# What a build searches besides the caller's path are the system's own directories: there the tools are hidden.
without_squashfs_tools() {
  if is_root; then
    unshare -m sh -c 'for tool; do case $tool in --) shift; break;; esac; [ ! -e "$tool" ] || mount --bind /dev/null "$tool"; shift; done; exec "$@"' \
      sh /usr/bin/mksquashfs /usr/bin/unsquashfs -- "$@"
  else
    [ -d programs ] || path_without
    PATH=$PWD/programs "$@"
  fi
}

needs_no_squashfs_tools() {
  without_squashfs_tools "$KERR" -q build box --sandbox "$BUSYBOX"
  without_squashfs_tools "$KERR" -q build image.sif box
  expect_stdout ok "$KERR" exec image.sif echo ok
}

out_of_space_is_said_in_one_line() {
  # the directory is packed where it is, so this is what the packed file needs
  mkdir small box
  mount -t tmpfs -o size=7m none small
  head -c 9000000 /dev/urandom >box/random
  run "$KERR" -q build --tmpdir "$PWD/small" out.sif box
  ls -A small >left
  umount small
  expect_equal 255 "$STATUS"
  expect_equal 1 "$(grep -c . <<<"$STDERR")"
  expect_contains "cannot write the image's file system in $PWD/small/" "$STDERR"
  expect_contains ': no space left on device (hint: ' "$STDERR"
  expect_contains --tmpdir "$STDERR"
  expect_equal '' "$(cat left)"
  [ ! -e out.sif ]
}

shows_no_progress_where_nobody_sees_it() {
  run "$KERR" build out.sif "$BUSYBOX"
  [[ $STDERR != *$'\r'* ]]
}

# A slow compression of much: the build is packing when it is told to end.
killed_packing() {
  mkdir -p box temporary
  [ -e box/numbers ] || seq 9000000 >box/numbers
  KERR_TMPDIR=$PWD/temporary bash -c 'set -m; "$0" build --compression xz out.sif box >said 2>&1 & echo $! >pid; wait $!' "$KERR" 2>/dev/null &
  eventually grep -qs Writing said
  eventually has_begun_packing
  kill "-$1" "$(cat pid)"
  wait $! || true
  rm -f said
  eventually no_own_processes
  [ ! -e out.sif ]
}

has_begun_packing() { [ -n "$(find temporary -name 'squashfs-*' -size +0 2>/dev/null)" ]; }

leaves_nothing_when_packing_is_ended() {
  killed_packing TERM
  expect_equal '' "$(ls temporary)"
  killed_packing KILL
  KERR_TMPDIR=$PWD/temporary convert last.sif "$BUSYBOX"
  expect_equal '' "$(ls temporary)"
}

# order_of_data IMAGE: which contents come after which in an image that is not compressed.
order_of_data() { echo $(grep -aoE 'content of [a-z]+' "$1" | sed 's/content of //'); }

# large NAME: more than a block, and it says whose content it is at its start.
large() { { echo "content of $1" && head -c 200000 /dev/urandom | od -An -tx1; } | head -c 200000; }

lays_what_start_up_reads_in_front() {
  convert box "$BUSYBOX" --sandbox
  mkdir -p box/lib64 box/usr/bin
  for name in aaa bbb; do large "$name" >"box/$name"; done
  large libm >box/lib64/libm.so.6
  large libc >box/lib64/libc.so.6
  echo content of dash >box/usr/bin/dash
  convert image.sif box --compression none
  expect_equal 'libc libm dash aaa bbb' "$(order_of_data image.sif)"
  convert again.sif image.sif --compression none
  expect_equal 'libc libm dash aaa bbb' "$(order_of_data again.sif)"
}

lays_an_image_out_as_a_command_reads_it() {
  local id
  convert box "$BUSYBOX" --sandbox
  for name in aaa bbb ccc ddd; do large "$name" >"box/$name"; done
  chmod 640 box/bbb
  ln box/ddd box/linked
  convert old.sif box --compression none
  expect_equal 'aaa bbb ccc ddd' "$(order_of_data old.sif)"
  "$KERR" -q build --profile 'cat /ddd /bbb' --profile 'head -c 1 /bbb /aaa' new.sif old.sif >said 2>&1
  expect_equal 'ddd bbb aaa ccc' "$(order_of_data new.sif)"
  expect_equal "$("$KERR" inspect --all old.sif)" "$("$KERR" inspect --all new.sif)"
  expect_equal "$("$KERR" sif list old.sif | awk -F '|' '{print $1 $5}')" \
    "$("$KERR" sif list new.sif | awk -F '|' '{print $1 $5}')"
  for id in old new; do convert "$id" "$id.sif" --sandbox; done
  rm -f {old,new}/.singularity.d/labels.json
  expect_equal "$(listing old | grep -v singularity.d)" "$(listing new | grep -v singularity.d)"
  cmp old/ddd new/linked
  expect_no_leftovers "$KERR" -q build --force --profile true new.sif old.sif
}

profiles_what_it_has_built() {
  build image.sif --compression none --profile '[ $$ != 1 ] && [ -r /proc/self/stat ] && cat /zzz "$MINE"' <<END
$HEADER
%post
    for name in aaa yyy zzz; do { echo "content of \$name" && seq 30000; } >/\$name; done
%environment
    export MINE=/yyy
END
  expect_equal 'zzz yyy aaa' "$(order_of_data image.sif)"
}

refuses_to_profile_in_vain() {
  expect_fatal "while profiling 'exit 3': exit status 3" "$KERR" -q build --profile 'exit 3' out.sif "$BUSYBOX"
  expect_fatal '--profile' "$KERR" -q build --profile true --sandbox out "$BUSYBOX"
  expect_fatal '--profile' "$KERR" -q build --profile true --format oci out "$BUSYBOX"
  expect_equal '' "$(ls -A)"
}

it 'packs a directory reproducibly, with any threads' packs_a_directory_reproducibly
by_one root 'packs with each compression' packs_with_each_compression
by_one root 'takes arguments of mksquashfs' takes_arguments_of_mksquashfs
it 'refuses wrong ways to pack' refuses_wrong_ways_to_pack
by_one user 'keeps files from a sandbox to an image and back' keeps_files_from_sandbox_to_image_and_back
by_one user 'lays what start-up reads in front' lays_what_start_up_reads_in_front
by_one user 'lays an image out as commands read it (--profile)' lays_an_image_out_as_a_command_reads_it
it 'profiles what it has built' profiles_what_it_has_built
it 'refuses to profile in vain' refuses_to_profile_in_vain
by_one root 'needs no squashfs-tools' needs_no_squashfs_tools
if is_root; then
  always 'says in one line that there is no space' out_of_space_is_said_in_one_line
else
  skip 'says in one line that there is no space' 'only root may mount a small file system'
fi
it 'shows no progress where nobody sees it' shows_no_progress_where_nobody_sees_it
it 'leaves nothing when packing is ended' leaves_nothing_when_packing_is_ended
