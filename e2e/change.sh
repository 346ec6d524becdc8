#!/usr/bin/env bash
# Launches while what they depend on changes: never by a stale plan, never of a wrong image.
. "$(dirname "$0")/lib.sh"
. "$E2E/fixtures/common.sh"
unset XDG_RUNTIME_DIR
export KERR_CONFIGDIR=$SCRATCH/kerr

IMAGES_MADE=24
LAUNCHES=50

# Images that differ in a number.
make_images() {
  local i
  mkdir -p "$SCRATCH/tree/bin" "$SCRATCH/numbered"
  "$KERR" exec --bind "$SCRATCH/tree:/mnt" "$BUSYBOX" cp /bin/busybox /mnt/bin/busybox
  for i in sh cat ls sleep; do ln -s busybox "$SCRATCH/tree/bin/$i"; done
  for i in $(seq $IMAGES_MADE); do
    echo "$i" >"$SCRATCH/tree/number"
    mksquashfs "$SCRATCH/tree" "$SCRATCH/numbered/$i" -quiet -no-progress -all-root >/dev/null
  done
}

# change SECONDS: what is at work meanwhile; `current` is the number of the image that is there for sure.
change() {
  local i=1 end=$((SECONDS + $1))
  while [ $SECONDS -lt $end ]; do
    i=$((i < IMAGES_MADE ? i + 1 : i))
    cp "$SCRATCH/numbered/$i" new
    mv new image
    echo $i >current.new && mv current.new current
    sleep 0.3
    touch image
    sleep 0.2
    echo "mount tmp = $([ $((i % 2)) = 0 ] && echo yes || echo no)" >kerr.conf
    if [ -e appears ]; then rmdir appears; else mkdir appears; fi
    sleep 0.2
  done
}

# launch HOME: prints what was wrong with it.
launch() {
  local before after said status=0
  before=$(cat current)
  said=$("$KERR" exec --home "$1" --bind "$PWD/appears:/mnt" image sh -c 'read -r n </number; echo "$n $HOME"' 2>said) || status=$?
  after=$(cat current)
  if [ $status != 0 ]; then
    grep -qE 'FATAL: .*(appears|changed while its launch)' said || echo "failed: $(cat said)"
  elif [ "${said#* }" != "$1" ]; then
    echo "home: $said"
  elif [ "${said% *}" -lt "$before" ] || [ "${said% *}" -gt $((after + 1)) ]; then
    echo "image: $said, which was $before before, and $after after"
  else
    echo right >>right
  fi
}

is_right_whatever_changes() {
  local i changer
  mkdir one two
  cp "$SCRATCH/numbered/1" image
  echo 1 >current
  echo >kerr.conf
  export KERR_CONFIG_FILE=$PWD/kerr.conf KERR_SHARED_MOUNT_LINGER=$1
  change 20 &
  changer=$!
  for i in $(seq $LAUNCHES); do
    launch "$PWD/$([ $((i % 3)) = 0 ] && echo one || echo two)"
  done >wrong
  wait $changer
  expect_equal '' "$(cat wrong)"
  [ "$(wc -l <right)" -gt 5 ] # the others came while the directory was away
}

# A path that leads to another file of the same content is another image.
is_right_for_links() {
  cp "$SCRATCH/numbered/1" first
  cp "$SCRATCH/numbered/2" second
  ln -s first link
  expect_stdout 1 "$KERR" exec link cat /number
  expect_stdout 1 "$KERR" exec link cat /number
  ln -sfn second link
  expect_stdout 2 "$KERR" exec link cat /number
}

# Written to in place, with the time that it had: of the same size, but another file for whoever looks.
is_right_for_what_is_written_over() {
  cp -p "$SCRATCH/numbered/1" image
  sleep 2.1
  expect_stdout 1 "$KERR" exec image cat /number
  expect_stdout 1 "$KERR" exec image cat /number
  cat "$SCRATCH/numbered/2" >image
  expect_stdout 2 "$KERR" exec image cat /number
}

if ! command -v mksquashfs >/dev/null; then
  skip 'is right whatever changes' 'squashfs-tools are not installed'
  exit 0
fi
it 'makes images' make_images
it 'is right whatever changes, with shared mounts' is_right_whatever_changes 2
it 'is right whatever changes, with mounts of its own' is_right_whatever_changes 0
it 'is right when a link leads elsewhere' is_right_for_links
it 'is right when an image is written over' is_right_for_what_is_written_over
