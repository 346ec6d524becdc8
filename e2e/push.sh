#!/usr/bin/env bash
# Images go to Docker's world: push to registries, layouts and archives, build --format, and back again.
. "$(dirname "$0")/lib.sh"
EITHER=yes
. "$E2E/fixtures/common.sh"
. "$E2E/fixtures/registry.sh"
export KERR_CONFIGDIR=$SCRATCH/kerr
TRICKY=$SCRATCH/tricky.sif
PLAIN=$SCRATCH/plain.sif
SHELLED=$SCRATCH/shelled.sif

# With limits that any host lets Podman set.
podman_run() {
  local runtime=()
  if command -v runc >/dev/null; then runtime=(--runtime runc); fi
  podman "${runtime[@]}" run --rm --network none --ulimit nofile=1024:1024 --ulimit nproc=1024:1024 "$@"
}

# tree_of SIF: its root file system, unpacked to ./tree; an ordinary user gets no devices and other owners.
tree_of() {
  local id
  id=$("$KERR" sif list "$1" | sed -n 's/^\([0-9]*\) .*System.*/\1/p')
  "$KERR" sif dump "$id" "$1" >tree.sqfs
  rm -rf tree
  unsquashfs -q -n -no-xattrs -d tree tree.sqfs >unsquashfs.log 2>&1 || ! is_root
}

# contents DIRECTORY: names, kinds, modes, owners, links, times and contents, but for times of directories.
contents() {
  (cd "$1" && find . -mindepth 1 ! -type d -printf '%P %y %m %U %G %n %l %s %Ts\n' -o -type d -printf '%P d %m %U %G\n' |
    LC_ALL=C sort)
  (cd "$1" && find . -type f -readable -print0 | LC_ALL=C sort -z | xargs -0 -r sha256sum)
}

# what unsquashfs says without any right of its own: modes, owners, devices, sizes, times
listing() { unsquashfs -lln tree.sqfs; }

not_of_the_pull() { grep -v '\.singularity\.d'; }

# ---- what is made

layers_are_the_tree() {
  local format
  tree_of "$TRICKY"
  contents tree >wanted
  grep -q ' 4755 ' wanted
  for format in gzip tar; do
    expect_status 0 "$KERR" push --layer-format "$format" "$TRICKY" "oci:layout:$format"
    expect_equal '' "$STDOUT"
    umoci unpack --image "layout:$format" "$format" >/dev/null
    contents "$format/rootfs" >made
    diff wanted made
  done
}

comes_back_the_same() {
  local format
  tree_of "$TRICKY"
  listing | not_of_the_pull >wanted
  contents tree | not_of_the_pull >wanted.contents
  for format in gzip zstd tar; do
    "$KERR" --quiet push --layer-format "$format" "$TRICKY" "oci-archive:$format.tar:x"
    "$KERR" --quiet pull "$format.sif" "oci-archive:$format.tar:x"
    tree_of "$format.sif"
    listing | not_of_the_pull >made
    diff wanted made
    contents tree | not_of_the_pull >made.contents
    diff wanted.contents made.contents
    expect_stdout 'b c x y $HOME' "$KERR" run "$format.sif"
  done
}

keeps_the_configuration() {
  "$KERR" --quiet push "$TRICKY" oci:layout
  skopeo inspect --config oci:layout >config
  local line
  for line in '"User": "1000:100"' '"PATH=/opt/bin:/bin"' '"/bin/echo"' '"WorkingDir": "/opt"' '"org.example": "1"'; do
    grep -qF "$line" config
  done
  expect_equal 1 "$(grep -c 'sha256:' config)"
}

makes_a_configuration() {
  "$KERR" --quiet push "$PLAIN" oci:layout
  skopeo inspect --config oci:layout >config
  grep -qF '"GREETING=hi there"' config
  grep -qF '"PATH=/opt/x:/usr/local/sbin:' config
  grep -qF '"/.singularity.d/oci/runscript"' config
  grep -qF '"org.example.made": "by me"' config
  grep -qF '"architecture": "amd64"' config || [ "$(uname -m)" != x86_64 ]
}

# start_as_docker LAYOUT WORD…: the entry point with the environment of the configuration, in the tree that umoci makes.
start_as_docker() {
  local layout=$1 entrypoint
  local -a environment
  shift
  rm -rf bundle
  umoci unpack --image "$layout" bundle >/dev/null
  mapfile -t environment < <(umoci_list env)
  mapfile -t entrypoint < <(umoci_list args)
  env -i "${environment[@]}" HOME=/root chroot bundle/rootfs "${entrypoint[@]}" "$@"
}

# The texts of a list in the bundle's configuration, which umoci indents.
umoci_list() { sed -n "/\"$1\": \[/,/\]/{/\[/d;/\]/d;s/^[ \t]*\"\(.*\)\",\{0,1\}\$/\1/p}" bundle/config.json; }

starts_the_runscript() {
  "$KERR" --quiet push "$PLAIN" oci:plain:x
  expect_equal 'hi there /opt/x:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin a b c' \
    "$(start_as_docker plain:x a 'b c')"
  "$KERR" --quiet push "$SHELLED" oci:shelled:x
  expect_equal 'home is /root, 3 a b c' "$(start_as_docker shelled:x a 'b c')"
}

runscripts_come_back() {
  "$KERR" --quiet push "$PLAIN" oci:plain
  "$KERR" --quiet pull plain.sif oci:plain
  expect_stdout 'hi there a' env PATH=/bin:/usr/bin "$KERR" exec plain.sif sh -c 'echo "$GREETING" a'
  local aspect
  for aspect in runscript environment helpfile test labels; do
    expect_equal "$("$KERR" inspect "--$aspect" "$PLAIN")" "$("$KERR" inspect "--$aspect" plain.sif)"
  done
  expect_equal "$("$KERR" run "$PLAIN" a 'b c')" "$("$KERR" run plain.sif a 'b c')"
  "$KERR" --quiet push "$SHELLED" oci:shelled
  "$KERR" --quiet pull shelled.sif oci:shelled
  expect_equal "$("$KERR" run "$SHELLED" a 'b c')" "$("$KERR" run shelled.sif a 'b c')"
  # and once more: what came back is pushed as what it was made of
  "$KERR" --quiet push plain.sif oci:again
  expect_equal "$(skopeo inspect --config oci:plain | grep -A3 Entrypoint)" \
    "$(skopeo inspect --config oci:again | grep -A3 Entrypoint)"
}

is_the_same_each_time() {
  local format
  for format in gzip zstd tar; do
    "$KERR" --quiet push --layer-format "$format" "$TRICKY" "oci-archive:a-$format.tar:x"
    "$KERR" --quiet push --layer-format "$format" --processors 1 "$TRICKY" "oci-archive:b-$format.tar:x"
    cmp "a-$format.tar" "b-$format.tar"
  done
}

sandboxes_go_too() {
  sandbox
  mkdir -p "$SANDBOX/mine"
  echo text >"$SANDBOX/mine/file"
  "$KERR" --quiet push "$SANDBOX" oci-archive:s.tar
  "$KERR" --quiet pull s.sif oci-archive:s.tar
  expect_stdout text "$KERR" exec s.sif cat /mine/file
  tree_of s.sif
  unsquashfs -lln tree.sqfs | grep -q ' 0/0 .*mine/file$'
}

archives_of_docker() {
  "$KERR" --quiet push "$TRICKY" docker-archive:d.tar:tricky
  expect_contains tricky:latest "$(tar -xOf d.tar manifest.json)"
  "$KERR" --quiet pull d.sif docker-archive:d.tar:tricky:latest
  expect_stdout 'b c x y $HOME' "$KERR" run d.sif
  skopeo inspect docker-archive:d.tar >/dev/null
  expect_fatal 'cannot be given a digest' \
    "$KERR" push "$TRICKY" "docker-archive:e.tar:x@sha256:$(printf '0%.0s' {1..64})"
}

layouts_grow() {
  "$KERR" --quiet push "$TRICKY" oci:l:a
  "$KERR" --quiet push "$PLAIN" oci:l:b
  "$KERR" --quiet push "$PLAIN" oci:l:a
  expect_equal "$(skopeo inspect --format '{{.Digest}}' oci:l:a)" "$(skopeo inspect --format '{{.Digest}}' oci:l:b)"
  expect_equal 2 "$(grep -o ref.name l/index.json | wc -l)"
  # a process that is killed may leave blobs without an index
  rm l/index.json
  "$KERR" --quiet push "$PLAIN" oci:l:c
  skopeo inspect oci:l:c >/dev/null
}

builds_in_other_formats() {
  build built.tar --format oci-archive <"$SCRATCH/plain.def"
  skopeo inspect --config oci-archive:built.tar | grep -qF '"GREETING=hi there"'
  build layout --format oci --layer-format zstd <"$SCRATCH/plain.def"
  skopeo inspect --raw oci:layout | grep -qF 'tar+zstd'
  expect_status 0 "$KERR" build --format docker-archive image.tar "$PLAIN"
  "$KERR" --quiet pull image.sif docker-archive:image.tar
  expect_stdout_contains 'hi there' "$KERR" run image.sif
  expect_status 0 "$KERR" build --format oci-archive from.tar "oci-archive:$IMAGES/tricky-oci.tar"
  skopeo inspect --config oci-archive:from.tar | grep -qF '"User": "1000:100"'
  sandbox
  expect_status 0 "$KERR" build --format oci-archive sandbox.tar "$SANDBOX"
  "$KERR" --quiet pull sandbox.sif oci-archive:sandbox.tar
  expect_stdout hi "$KERR" exec sandbox.sif echo hi
  expect_fatal 'already exists' "$KERR" build --format oci-archive from.tar "$PLAIN"
  expect_fatal 'already exists' "$KERR" build --format oci-archive from.tar "$SCRATCH/plain.def"
  expect_status 0 "$KERR" build --force --format oci-archive from.tar "$PLAIN"
  expect_usage_error 'not sif, oci' "$KERR" build --format tarball x "$PLAIN"
  expect_usage_error 'two formats' "$KERR" build --sandbox --format oci x "$PLAIN"
  [ ! -e x ]
}

# ---- refusals

refuses_and_leaves_nothing() {
  mkdir temporary full
  export KERR_TMPDIR=$PWD/temporary
  expect_fatal 'does not exist' "$KERR" push nowhere.sif oci:x
  expect_fatal 'is encrypted' "$KERR" push "$IMAGES/gocryptfs.sif" oci:x
  expect_fatal 'names no place to push' "$KERR" push "$PLAIN" somewhere
  expect_fatal 'names no file' "$KERR" push "$PLAIN" oci:
  expect_fatal 'UPPER/case' "$KERR" push "$PLAIN" docker://UPPER/case
  expect_fatal 'cannot be pushed under a digest' \
    "$KERR" push "$PLAIN" "docker://127.0.0.1:1/x@sha256:$(printf '0%.0s' {1..64})"
  expect_fatal 'there is no directory' "$KERR" push "$PLAIN" oci-archive:no/x.tar
  expect_fatal 'no OCI layout' "$KERR" push "$PLAIN" oci:.
  touch there.tar
  expect_fatal 'already exists' "$KERR" push "$PLAIN" oci-archive:there.tar
  expect_fatal 'takes SIF files as they are' "$KERR" push --oci "$PLAIN" oras://127.0.0.1:1/x
  expect_usage_error 'not gzip, zstd or tar' "$KERR" push --layer-format squash "$PLAIN" oci:x
  expect_usage_error 'push needs' "$KERR" push "$PLAIN"
  expect_fatal 'that may be written to' "$KERR" push --tmpdir "$PWD/none" "$PLAIN" oci:x
  "$KERR" --quiet build --sandbox box "$BUSYBOX"
  touch box/.wh.gone
  expect_fatal '.wh.gone' "$KERR" --quiet push box oci:x
  head -c 600000 "$PLAIN" >cut.sif
  expect_fatal 'damaged' "$KERR" --quiet push cut.sif oci:x
  rm -r box
  expect_equal 'cut.sif full temporary there.tar' "$(echo *)"
  expect_equal '' "$(ls -A temporary)"
}

killed_pushes_leave_nothing() {
  mkdir temporary target
  export KERR_TMPDIR=$PWD/temporary
  local pid pause
  for pause in 0.2 0.3 0.4 0.5 0.6 0.8; do
    "$KERR" --quiet push --force --layer-format zstd "$TRICKY" oci-archive:target/x.tar &
    pid=$!
    sleep "$pause"
    kill -9 "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
    [ ! -e target/x.tar ] || skopeo inspect oci-archive:target/x.tar >/dev/null
  done
  expect_equal '' "$(ls -A temporary)"
  rm -f target/x.tar
  expect_equal '' "$(ls -A target)"
}

# ---- registries

goes_to_a_registry() {
  local format
  for format in gzip zstd tar; do
    expect_status 0 "$KERR" push --oci --no-https --layer-format "$format" "$TRICKY" "docker://$REGISTRY/made:$format"
    expect_contains "$REGISTRY/made:$format@sha256:" "$STDERR"
    expect_contains '"org.example": "1"' "$(skopeo inspect --tls-verify=false "docker://$REGISTRY/made:$format")"
    "$KERR" --quiet pull --no-https "$format.sif" "docker://$REGISTRY/made:$format"
    expect_stdout 'b c x y $HOME' "$KERR" run "$format.sif"
  done
  skopeo inspect --raw --tls-verify=false "docker://$REGISTRY/made:gzip" | grep -qF 'layer.v1.tar+gzip"'
  skopeo --insecure-policy copy --quiet --src-tls-verify=false "docker://$REGISTRY/made:zstd" oci:copied:x
  expect_equal "$(skopeo inspect --format '{{.Digest}}' --tls-verify=false "docker://$REGISTRY/made:zstd")" \
    "$(skopeo inspect --format '{{.Digest}}' oci:copied:x)"
}

blobs_are_sent_once() {
  "$KERR" --quiet push --no-https "$PLAIN" "docker://$REGISTRY/once:1"
  find "$SCRATCH"/registry* -path '*blobs*' -name data -printf '%i %T@\n' | sort >before
  "$KERR" --quiet push --no-https "$PLAIN" "docker://$REGISTRY/once:2"
  find "$SCRATCH"/registry* -path '*blobs*' -name data -printf '%i %T@\n' | sort >after
  diff before after
  expect_equal '' "$(find "$SCRATCH"/registry* -path '*_uploads/*')"
  skopeo inspect --tls-verify=false "docker://$REGISTRY/once:2" >/dev/null
}

podman_pulls() {
  local format
  for format in gzip zstd tar; do
    "$KERR" --quiet push --no-https --layer-format "$format" "$PLAIN" "docker://$REGISTRY/podman:$format"
    podman pull --quiet --tls-verify=false "$REGISTRY/podman:$format"
  done
  "$KERR" --quiet push "$PLAIN" docker-archive:d.tar:plain:1
  podman load --quiet --input d.tar
  expect_contains plain "$(podman images)"
}

podman_runs() {
  expect_stdout 'hi there /opt/x:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin a b c' \
    podman_run "$REGISTRY/podman:gzip" a 'b c'
}

wants_a_login() {
  expect_fatal 'kerr registry login' "$KERR" --quiet push --no-https "$PLAIN" "docker://$REGISTRY/x:1"
  expect_fatal 'kerr registry login' "$KERR" --quiet push --no-https --docker-username canary-user \
    --docker-password wrong "$PLAIN" "docker://$REGISTRY/x:1"
  expect_status 0 "$KERR" --quiet push --no-https --docker-username canary-user --docker-password canary-password \
    "$PLAIN" "docker://$REGISTRY/x:1"
  expect_fatal 'cannot' "$KERR" --quiet push --no-https "$PLAIN" docker://127.0.0.1:1/x:1
}

"$KERR" --quiet pull "$TRICKY" "oci-archive:$IMAGES/tricky-oci.tar"
cat >"$SCRATCH/plain.def" <<END
bootstrap: localimage
from: $BUSYBOX

%environment
    export GREETING="hi there"
    export PATH=/opt/x:\$PATH

%runscript
    echo "\$GREETING" "\$PATH" "\$@"

%help
    what it is for

%test
    true

%labels
    org.example.made by me
END
build "$PLAIN" <"$SCRATCH/plain.def"
build "$SHELLED" <<END
bootstrap: localimage
from: $BUSYBOX

%environment
    where="home is \$HOME"
    count=0
    for each in a b c; do count=\$((count + 1)); done
    export where count

%runscript
    echo "\$where, \$count" "\$@"
END

it 'comes back as it was, from each format' comes_back_the_same
it 'keeps the configuration of an OCI image' keeps_the_configuration
it 'makes a configuration for other images' makes_a_configuration
by_one root 'keeps runscript, environment, help, test and labels on the way' runscripts_come_back
it 'is the same each time' is_the_same_each_time
it 'makes images of sandboxes' sandboxes_go_too
it 'writes what docker load reads' archives_of_docker
by_one root 'adds images to layouts' layouts_grow
by_one user 'builds in other formats' builds_in_other_formats
by_one root 'refuses what it cannot do, and leaves nothing' refuses_and_leaves_nothing
it 'leaves nothing when it is killed' killed_pushes_leave_nothing
if is_root; then
  always 'makes layers of exactly the tree, as umoci unpacks them' layers_are_the_tree
  always 'starts the runscript with its environment, as Docker starts it' starts_the_runscript
else
  skip 'makes layers of exactly the tree, as umoci unpacks them' 'only root sees all owners'
  skip 'starts the runscript with its environment, as Docker starts it' 'only root may chroot'
fi
registry_start
by_one user 'goes to a registry, which others read' goes_to_a_registry
it 'sends a registry only what it lacks' blobs_are_sent_once
if ! command -v podman >/dev/null; then
  skip 'is pulled by podman' 'no podman on this host'
elif ! podman info >"$SCRATCH/podman.log" 2>&1; then
  skip 'is pulled by podman' "podman does not work here: $(tail -n 1 "$SCRATCH/podman.log")"
else
  it 'is pulled by podman' podman_pulls
  if podman_run "$REGISTRY/podman:tar" >"$SCRATCH/podman.log" 2>&1; then
    it 'is run by podman' podman_runs
  else
    skip 'is run by podman' "podman cannot run containers here: $(tail -n 1 "$SCRATCH/podman.log")"
  fi
  podman system reset --force >/dev/null 2>&1
fi
# canary-password, as htpasswd -B writes it
registry_start 'canary-user:$2y$04$FAAnIm16CaIUo6g9zoYSF.80YIVkJL1ZeK1/NkM3SePoibnJ2Olee'
by_one user 'wants a login, and takes it' wants_a_login
registries_stop
