#!/usr/bin/env bash
# OCI-SIF: files with the layers of an OCI image, written, run, changed, pushed and pulled.
. "$(dirname "$0")/lib.sh"
EITHER=yes
. "$E2E/fixtures/common.sh"
. "$E2E/fixtures/registry.sh"
ARCHIVE=oci-archive:$IMAGES/tricky-oci.tar
export KERR_CONFIGDIR=$SCRATCH/kerr

is_written_and_run() {
  expect_status 0 "$KERR" pull --oci "$ARCHIVE"
  expect_equal tricky-oci.oci.sif "$(ls)"
  expect_stdout_contains 'OCI.RootIndex' "$KERR" sif list tricky-oci.oci.sif
  expect_equal 3 "$("$KERR" sif list tricky-oci.oci.sif | grep -c OCI.Blob)"
  expect_stdout 'b c x y $HOME' "$KERR" run tricky-oci.oci.sif
  expect_stdout 'b c $HOME a  b' "$KERR" run tricky-oci.oci.sif '$HOME' 'a  b'
  expect_stdout 'a "b" $c `d`' "$KERR" exec tricky-oci.oci.sif sh -c 'echo "$QUOTED"'
  expect_stdout mine env KERRENV_QUOTED=mine "$KERR" exec tricky-oci.oci.sif sh -c 'echo "$QUOTED"'
  expect_status 7 "$KERR" exec tricky-oci.oci.sif sh -c 'exit 7'
  expect_stdout hi "$KERR" shell tricky-oci.oci.sif -c 'echo hi'
  expect_status 0 "$KERR" test tricky-oci.oci.sif
  expect_stdout 'org.example: 1' "$KERR" inspect tricky-oci.oci.sif
  expect_status 0 "$KERR" build --oci other.oci.sif "$ARCHIVE"
  cmp tricky-oci.oci.sif other.oci.sif
}

is_the_same_each_time() {
  "$KERR" --quiet pull --oci a.sif "$ARCHIVE"
  "$KERR" --quiet pull --oci --processors 1 b.sif "$ARCHIVE"
  cmp a.sif b.sif
  "$KERR" --quiet pull --oci --keep-layers c.sif "$ARCHIVE"
  "$KERR" --quiet pull --oci --keep-layers d.sif "$ARCHIVE"
  cmp c.sif d.sif
}

# Without what is mounted from the host, and with what the payload sees of files: a line each. The launch makes some of
# the directories, and they have its time.
shown() {
  "$KERR" --quiet exec --contain --no-home --no-mount proc,sys,dev,tmp,bind-paths,cwd "$1" sh -c \
    'ls -lRAn / | grep -v "^total\|\.singularity\.d\|\(passwd\|group\|runscript\|10-docker2singularity.sh\)$"'
}

kept_layers_show_the_merged_tree() {
  layered
  "$KERR" --quiet pull --oci --keep-layers kept.sif oci:layout
  "$KERR" --quiet pull --oci merged.sif oci:layout
  expect_equal 5 "$("$KERR" sif list kept.sif | grep -c OCI.Blob)"
  expect_equal 3 "$("$KERR" sif list merged.sif | grep -c OCI.Blob)"
  shown kept.sif | sed 's/^\([^ ]*\) *[0-9]* /\1 /; s/^d\([^ ]*  *[0-9]*  *[0-9]*\)  *[0-9]*/d\1/; s/^\(d.*\) [A-Z][a-z][a-z]  *[0-9]*  *[0-9:]* /\1 /' >kept
  shown merged.sif | sed 's/^\([^ ]*\) *[0-9]* /\1 /; s/^d\([^ ]*  *[0-9]*  *[0-9]*\)  *[0-9]*/d\1/; s/^\(d.*\) [A-Z][a-z][a-z]  *[0-9]*  *[0-9:]* /\1 /' >merged
  grep -q appeared kept
  ! grep -q 'gone\|below-opaque\|replaced' kept
  diff merged kept
}

# An image of three layers: files that go, directories that are opaque or replaced, a path through a link.
layered() {
  mkdir -p base/bin base/usr/lib base/opt/opaque base/d/deep base/gone-dir base/keep
  busybox_of_image base/bin/busybox
  ln -s busybox base/bin/sh
  for name in ls grep cat sed; do ln -s busybox "base/bin/$name"; done
  ln -s usr/lib base/lib
  touch base/gone base/gone-dir/x base/opt/opaque/below-opaque base/d/deep/replaced base/usr/lib/gone-lib base/keep/me
  chmod 750 base/keep
  mkdir -p second/lib second/opt/opaque second/keep third/d/deep
  touch second/.wh.gone second/.wh.gone-dir second/opt/opaque/.wh..wh..opq second/opt/opaque/new second/keep/appeared
  touch second/lib/.wh.gone-lib second/lib/new-lib
  touch third/.wh.d third/d/deep/new
  umoci init --layout layout
  umoci new --image layout:test
  local layer
  for layer in base second third; do
    # directories that only lead somewhere are left out, as some builders do
    (cd "$layer" && find . -mindepth 1 ! -type d -o -mindepth 1 -type d -perm 750 | LC_ALL=C sort >"../$layer.list")
    tar --owner=0 --group=0 --numeric-owner --no-recursion -C "$layer" -cf "$layer.tar" -T "$layer.list"
    umoci raw add-layer --image layout:test "$layer.tar"
  done
}

busybox_of_image() {
  "$KERR" --quiet pull --oci busybox.tmp "$ARCHIVE"
  "$KERR" exec busybox.tmp cat /bin/busybox >"$1"
  chmod 755 "$1"
  rm busybox.tmp
}

takes_and_keeps_changes() {
  "$KERR" --quiet pull --oci --keep-layers image.sif "$ARCHIVE"
  expect_fatal 'has no overlay to write to' "$KERR" exec --writable image.sif true
  expect_fatal 'has no writable overlay' "$KERR" overlay seal image.sif
  expect_status 0 "$KERR" overlay create image.sif
  expect_fatal 'has a writable overlay already' "$KERR" overlay create image.sif
  expect_failure 1 'Read-only' "$KERR" exec image.sif sh -c ': >/new'
  expect_status 0 "$KERR" exec --writable image.sif sh -c \
    'echo changed >/new; ln /new /newer; ln -s new /newest; rm -r /usr; mkdir /usr; echo 1 >/usr/mine; rm /bin/ls'
  expect_stdout 'changed mine' "$KERR" exec image.sif sh -c 'echo $(cat /newest) $(echo /usr/*|cut -d/ -f3)'
  expect_stderr_contains 'updated' "$KERR" overlay sync image.sif
  expect_stderr_contains 'has not changed' "$KERR" overlay sync image.sif
  expect_equal "sha256:$("$KERR" sif dump 3 image.sif | sha256sum | cut -d' ' -f1)" \
    "$("$KERR" sif dump 5 image.sif | tr ',{' '\n\n' | sed -n 's/.*"digest":"\([^"]*\)".*/\1/p' | tail -1)"
  expect_status 0 "$KERR" overlay seal image.sif
  expect_stdout 'changed mine' "$KERR" exec image.sif sh -c 'echo $(cat /newest) $(echo /usr/*|cut -d/ -f3)'
  expect_status 1 "$KERR" exec image.sif sh -c '[ -e /bin/ls ]'
  expect_fatal 'has no overlay to write to' "$KERR" exec --writable image.sif true
  expect_equal image.sif "$(ls -A)"
  expect_status 0 "$KERR" overlay create image.sif
  expect_status 0 "$KERR" exec --writable image.sif sh -c 'rm /new'
  expect_status 1 "$KERR" exec image.sif sh -c '[ -e /new ]'
}

is_not_changed_while_in_use() {
  "$KERR" --quiet pull --oci image.sif "$ARCHIVE"
  "$KERR" overlay create image.sif
  mkfifo up
  "$KERR" exec --writable --bind "$PWD:/mnt" image.sif sh -c 'echo up >/mnt/up; sleep 15' &
  local pid=$!
  expect_equal up "$(cat up)"
  expect_fatal 'in use by another process' "$KERR" overlay seal image.sif
  expect_fatal 'in use by another process' "$KERR" overlay sync image.sif
  kill "$pid"
  wait "$pid" || true
}

killed_changes_leave_the_old_file() {
  "$KERR" --quiet pull --oci image.sif "$ARCHIVE"
  "$KERR" overlay create image.sif
  "$KERR" exec --writable image.sif sh -c 'echo changed >/new'
  cp image.sif before.sif
  local i pid
  for i in $(seq 6); do
    "$KERR" --quiet overlay sync image.sif &
    pid=$!
    sleep "0.$((RANDOM % 10))$((RANDOM % 10))"
    kill -9 "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
    expect_stdout changed "$KERR" exec image.sif cat /new
    rm -f .image.sif.kerr-*
    cp before.sif image.sif
  done
}

becomes_other_images() {
  "$KERR" --quiet pull --oci --keep-layers image.sif "$ARCHIVE"
  "$KERR" overlay create image.sif
  "$KERR" exec --writable image.sif sh -c 'echo changed >/new; rm /bin/ls'
  expect_status 0 "$KERR" build native.sif image.sif
  expect_stdout changed "$KERR" exec native.sif cat /new
  expect_stdout 'b c x y $HOME' "$KERR" run native.sif
  expect_status 1 "$KERR" exec native.sif sh -c '[ -e /bin/ls ]'
  expect_status 0 "$KERR" build --sandbox sandbox image.sif
  expect_equal changed "$(cat sandbox/new)"
  [ ! -e sandbox/bin/ls ]
  expect_status 0 "$KERR" build --oci squashed.sif image.sif
  expect_stdout changed "$KERR" exec squashed.sif cat /new
  expect_equal 3 "$("$KERR" sif list squashed.sif | grep -c OCI.Blob)"
  expect_fatal 'makes files of images of layers' "$KERR" build --oci x.sif "$BUSYBOX"
  expect_fatal 'contradict' "$KERR" build --oci --sandbox x image.sif
  "$KERR" exec --fakeroot "$BUSYBOX" rm -r "$PWD/sandbox" # whose files are those of sub-ids
  expect_fatal '--keep-layers without --oci' "$KERR" pull --keep-layers x.sif "$ARCHIVE"
  expect_status 0 "$KERR" --quiet pull --oci --no-oci plain.sif "$ARCHIVE"
  expect_stdout_contains '*System/amd64' "$KERR" sif list plain.sif
  expect_status 0 env KERR_OCI=1 "$KERR" --quiet pull variable.sif "$ARCHIVE"
  expect_stdout_contains 'OCI.RootIndex' "$KERR" sif list variable.sif
}

goes_to_a_registry_and_back() {
  "$KERR" --quiet pull --oci --keep-layers image.sif "$ARCHIVE"
  expect_status 0 "$KERR" push --no-https image.sif "docker://$REGISTRY/oci/image:1"
  expect_fatal 'layers that are file systems' "$KERR" --quiet pull --no-https x.sif "docker://$REGISTRY/oci/image:1"
  expect_status 0 "$KERR" pull --no-https --oci "docker://$REGISTRY/oci/image:1"
  cmp image.sif image_1.oci.sif
  expect_status 0 "$KERR" --quiet push --no-https image.sif "oras://$REGISTRY/oci/file:1"
  expect_status 0 "$KERR" --quiet pull --no-https file.sif "oras://$REGISTRY/oci/file:1"
  cmp image.sif file.sif
  "$KERR" overlay create image.sif
  "$KERR" exec --writable image.sif sh -c 'echo changed >/new'
  expect_status 0 "$KERR" push --no-https image.sif "docker://$REGISTRY/oci/image:2"
  expect_status 0 "$KERR" --quiet pull --no-https --oci back.sif "docker://$REGISTRY/oci/image:2"
  cmp image.sif back.sif
  expect_stdout changed "$KERR" exec back.sif cat /new
}

refuses_what_is_malformed() {
  "$KERR" --quiet pull --oci good.sif "$ARCHIVE"
  cp good.sif twice.sif
  "$KERR" sif dump 4 good.sif >index.json
  "$KERR" sif add --datatype 10 twice.sif index.json
  expect_fatal 'second OCI index' "$KERR" exec twice.sif true
  cp good.sif no-layer.sif
  "$KERR" sif del 1 no-layer.sif
  expect_fatal 'is not in the SIF' "$KERR" exec no-layer.sif true
  cp good.sif no-manifest.sif
  "$KERR" sif del 3 no-manifest.sif
  expect_fatal 'is not in the SIF' "$KERR" exec no-manifest.sif true
  "$KERR" sif new two.sif
  sed 's/\({"mediaType[^}]*}\)/\1,\1/' index.json >two.json
  "$KERR" sif add --datatype 10 two.sif two.json
  expect_fatal 'holds 2 images' "$KERR" exec two.sif true
  head -c 500000 good.sif >cut.sif
  expect_fatal 'is damaged' "$KERR" exec cut.sif true
  "$KERR" sif new nothing.sif
  echo nonsense | "$KERR" sif add --datatype 10 nothing.sif -
  expect_fatal 'is damaged' "$KERR" exec nothing.sif true
}

is_of_another_architecture() {
  mkdir layout
  tar -xf "$IMAGES/tricky-oci.tar" -C layout
  umoci config --image "layout:$(sed -n 's/.*"org.opencontainers.image.ref.name": *"\([^"]*\)".*/\1/p' layout/index.json)" \
    --architecture arm64 --tag arm
  "$KERR" --quiet pull --oci image.sif oci:layout:arm
  expect_fatal "targets 'arm64'" "$KERR" exec image.sif true
}

it 'is written of an image of layers, and run as its configuration says' is_written_and_run
it 'is the same file each time' is_the_same_each_time
it 'takes changes in an overlay, which is synced and sealed' takes_and_keeps_changes
it 'is not changed while a container writes to it' is_not_changed_while_in_use
it 'is as it was if a change is killed' killed_changes_leave_the_old_file
it 'becomes a SIF, a sandbox, and an OCI-SIF of one layer' becomes_other_images
it 'is refused if it is malformed' refuses_what_is_malformed
if command -v umoci >/dev/null; then
  it 'shows with its layers kept the tree that it is with them merged' kept_layers_show_the_merged_tree
  it 'is refused on another architecture' is_of_another_architecture
else
  skip 'shows with its layers kept the tree that it is with them merged' 'umoci is not installed'
  skip 'is refused on another architecture' 'umoci is not installed'
fi
if command -v docker-registry >/dev/null; then
  registry_start
  it 'goes to a registry as an OCI image, and comes back the same' goes_to_a_registry_and_back
  registries_stop
else
  skip 'goes to a registry as an OCI image, and comes back the same' 'docker-registry is not installed'
fi
