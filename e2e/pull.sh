#!/usr/bin/env bash
# Images from elsewhere: pull, exec and build from registries, layouts and archives; push; logins; the cache.
. "$(dirname "$0")/lib.sh"
EITHER=yes
. "$E2E/fixtures/common.sh"
. "$E2E/fixtures/registry.sh"
ARCHIVE=$IMAGES/tricky-oci.tar
export KERR_CONFIGDIR=$SCRATCH/kerr

# ---- layouts and archives

becomes_a_sif() {
  expect_status 0 "$KERR" pull image.sif "oci-archive:$ARCHIVE"
  expect_equal '' "$STDOUT"
  expect_stdout_contains '*System/amd64' "$KERR" sif list image.sif
  expect_contains oci-config.json "$("$KERR" sif info 3 image.sif)"
  mkdir layout
  tar -xf "$ARCHIVE" -C layout
  expect_status 0 "$KERR" pull other.sif oci:layout
}

is_the_tree_that_umoci_unpacks() {
  mkdir layout
  tar -xf "$ARCHIVE" -C layout
  local name
  name=$(sed -n 's/.*"org.opencontainers.image.ref.name": *"\([^"]*\)".*/\1/p' layout/index.json)
  umoci unpack --image "layout:$name" bundle >/dev/null
  "$KERR" --quiet build --sandbox ours "oci:layout"
  for tree in bundle/rootfs ours; do
    # what every image of ours has besides
    (cd "$tree" && find . -mindepth 1 -regextype posix-extended ! -regex \
      '\./(\.singularity\.d.*|\.(exec|run|shell|test)|singularity|environment|dev|etc.*|home|proc|root|sys|tmp|var.*)' \
      -printf '%P %y %m %U %G %n %l\n' | LC_ALL=C sort) >"$(basename "$tree").list"
  done
  [ -s rootfs.list ]
  diff rootfs.list ours.list
}

runs_what_the_configuration_says() {
  "$KERR" --quiet pull image.sif "oci-archive:$ARCHIVE"
  expect_stdout 'b c x y $HOME' "$KERR" run image.sif
  expect_stdout 'b c $HOME a  b `x` "' "$KERR" run image.sif '$HOME' 'a  b' '`x`' '"'
  expect_stdout 'a "b" $c `d`' "$KERR" exec image.sif sh -c 'echo "$QUOTED"'
  expect_stdout 'mine' env QUOTED=theirs KERRENV_QUOTED=mine "$KERR" exec image.sif sh -c 'echo "$QUOTED"'
  expect_stdout_contains 'org.example: 1' "$KERR" inspect image.sif
  expect_stdout_contains 'bootstrap: oci-archive' "$KERR" inspect --deffile image.sif
}

is_the_same_each_time() {
  export SOURCE_DATE_EPOCH=1700000000
  "$KERR" --quiet pull a.sif "oci-archive:$ARCHIVE"
  "$KERR" --quiet pull --processors 1 b.sif "oci-archive:$ARCHIVE"
  cmp a.sif b.sif
}

refuses_what_is_none() {
  expect_fatal 'no such file' "$KERR" pull x.sif oci-archive:nowhere.tar
  echo none >none.tar
  expect_fatal 'cannot use docker-archive:none.tar' "$KERR" pull x.sif docker-archive:none.tar
  mkdir empty
  expect_fatal 'it has no' "$KERR" pull x.sif oci:empty
  expect_fatal 'has no image other' "$KERR" pull x.sif "oci-archive:$ARCHIVE:other"
  expect_fatal 'not yet available' "$KERR" pull x.sif ipfs://x
  expect_fatal 'names no image to fetch' "$KERR" pull x.sif alpine
  expect_status 1 "$KERR" pull
  expect_fatal 'UPPER/case' "$KERR" pull x.sif docker://UPPER/case
  head -c 1000000 "$ARCHIVE" >cut.tar
  expect_fatal 'cannot use oci-archive:cut.tar' "$KERR" pull x.sif oci-archive:cut.tar
  touch there.sif
  expect_fatal 'already exists' "$KERR" pull there.sif "oci-archive:$ARCHIVE"
  expect_equal 'cut.tar empty none.tar there.sif' "$(echo *)"
}

# ---- registries

comes_from_a_registry() {
  expect_status 0 "$KERR" pull --no-https "docker://$REGISTRY/tricky:1"
  expect_equal tricky_1.sif "$(ls)"
  expect_stdout 'b c x y $HOME' "$KERR" run tricky_1.sif
  expect_stdout hi "$KERR" exec --no-https "docker://$REGISTRY/tricky:1" echo hi
  expect_stdout hi env APPTAINER_NOHTTPS=1 "$KERR" exec "docker://$REGISTRY/tricky:1" echo hi
  expect_status 7 "$KERR" --quiet exec --no-https "docker://$REGISTRY/tricky:1" sh -c 'exit 7'
  expect_status 0 "$KERR" build --no-https built.sif "docker://$REGISTRY/tricky:1"
  expect_stdout hi "$KERR" exec built.sif echo hi
  expect_fatal 'no such tag' "$KERR" pull --no-https x.sif "docker://$REGISTRY/tricky:none"
  expect_failure 255 'cannot get the image' "$KERR" --quiet exec --no-https "docker://$REGISTRY/none" true
}

goes_to_a_registry_and_back() {
  "$KERR" --quiet push --no-https "$BUSYBOX" "oras://$REGISTRY/sif/busybox:1"
  "$KERR" --quiet pull --no-https back.sif "oras://$REGISTRY/sif/busybox:1"
  cmp back.sif "$BUSYBOX"
  expect_stdout hi "$KERR" --quiet exec --no-https "oras://$REGISTRY/sif/busybox:1" echo hi
  expect_fatal 'it is a SIF' "$KERR" --quiet pull --no-https x.sif "docker://$REGISTRY/sif/busybox:1"
  expect_fatal 'is no SIF' "$KERR" push --no-https "$ARCHIVE" "oras://$REGISTRY/sif/x:1"
}

is_fetched_once_by_many() {
  export KERR_CACHEDIR=$PWD/cache
  local i pids=()
  for i in 1 2 3 4 5 6 7 8; do
    "$KERR" --quiet pull --no-https "$i.sif" "docker://$REGISTRY/tricky:1" &
    pids+=($!)
  done
  for i in "${pids[@]}"; do wait "$i"; done
  for i in 1 2 3 4 5 6 7 8; do expect_stdout hi "$KERR" exec "$i.sif" echo hi; done
  expect_equal '' "$(find cache -name '.*' -type f)"
  expect_equal 3 "$(find cache -type f | wc -l)"
}

what_images_share_is_fetched_once() {
  export KERR_CACHEDIR=$PWD/cache
  skopeo --insecure-policy copy --quiet "oci-archive:$ARCHIVE" oci:layout:base
  mkdir top
  echo more >top/more
  tar -C top -cf layer.tar more
  umoci raw add-layer --image layout:base --tag more layer.tar
  skopeo --insecure-policy copy --quiet --dest-tls-verify=false oci:layout:base "docker://$REGISTRY/shared:base"
  skopeo --insecure-policy copy --quiet --dest-tls-verify=false oci:layout:more "docker://$REGISTRY/shared:more"
  "$KERR" --quiet pull --no-https base.sif "docker://$REGISTRY/shared:base"
  local before
  before=$(requests '"GET /v2/shared/blobs/.* 200')
  [ "$before" -ge 2 ]
  "$KERR" --quiet pull --no-https more.sif "docker://$REGISTRY/shared:more"
  expect_equal $((before + 2)) "$(requests '"GET /v2/shared/blobs/.* 200')" # the new layer and the configuration
  expect_stdout more "$KERR" exec more.sif cat /more
}

# Buildah's work, by Podman's command.
takes_images_of_buildah() {
  mkdir context
  "$KERR" --quiet build --sandbox root "$BUSYBOX"
  tar -C root --exclude=./.singularity.d -cf context/files.tar .
  echo 'a file' >context/plain
  cat >context/Containerfile <<'END'
FROM scratch
ADD files.tar /
COPY --chown=7:8 plain /data/
ENV GREETING="hello there"
LABEL org.example.kind=built
WORKDIR /data
USER 7:8
ENTRYPOINT ["/bin/sh", "-c", "echo $GREETING $0 $(id -u):$(id -g) $(pwd); stat -c %u:%g plain"]
CMD ["by default"]
END
  podman build --quiet --tag "$REGISTRY/built:1" context >/dev/null
  podman push --quiet --tls-verify=false "$REGISTRY/built:1"
  "$KERR" --quiet pull --no-https built.sif "docker://$REGISTRY/built:1"
  expect_stdout $'hello there by default 7:8 /data\n7:8' "$KERR" run --docker built.sif
  expect_stdout_contains 'org.example.kind: built' "$KERR" inspect built.sif
  podman save --quiet --format oci-archive --output built.tar "$REGISTRY/built:1"
  expect_stdout_contains 'hello there x 7:8' "$KERR" run --docker oci-archive:built.tar x
  podman save --quiet --format docker-archive --output docker.tar "$REGISTRY/built:1"
  expect_stdout_contains 'hello there x 7:8' "$KERR" run --docker docker-archive:docker.tar x
}

damaged_blobs_are_fetched_again() {
  export KERR_CACHEDIR=$PWD/cache
  "$KERR" --quiet pull --no-https a.sif "docker://$REGISTRY/tricky:1"
  local blob
  blob=$(find cache -type f -size +100k)
  printf x | dd of="$blob" bs=1 seek=5000 conv=notrunc 2>/dev/null
  SOURCE_DATE_EPOCH=1 "$KERR" --quiet pull --no-https b.sif "docker://$REGISTRY/tricky:1"
  expect_stdout hi "$KERR" exec b.sif echo hi
  expect_equal "$(basename "$blob")" "$(sha256sum <"$blob" | cut -d' ' -f1)"
}

killed_pulls_leave_nothing_wrong() {
  export KERR_CACHEDIR=$PWD/cache
  local i pid
  for i in $(seq 12); do
    "$KERR" --quiet pull --force --no-https killed.sif "docker://$REGISTRY/tricky:1" &
    pid=$!
    sleep "0.$((RANDOM % 10))$((RANDOM % 10))"
    kill -9 "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
    [ ! -e killed.sif ] || "$KERR" exec killed.sif true
  done
  "$KERR" --quiet pull --force --no-https killed.sif "docker://$REGISTRY/tricky:1"
  expect_stdout hi "$KERR" exec killed.sif echo hi
  expect_equal '' "$(find cache -name '*.part')"
}

wants_a_login() {
  expect_fatal 'kerr registry login' "$KERR" --quiet pull --no-https x.sif "docker://$REGISTRY/tricky:1"
  echo wrong >password
  run "$KERR" registry login --no-https --username canary-user --password-stdin "$REGISTRY" <password
  expect_equal 255 "$STATUS"
  [ ! -e "$KERR_CONFIGDIR/docker-config.json" ]
  echo canary-password >password
  run "$KERR" registry login --no-https --username canary-user --password-stdin "docker://$REGISTRY" <password
  expect_equal 0 "$STATUS"
  expect_equal 600 "$(stat -c %a "$KERR_CONFIGDIR/docker-config.json")"
  expect_stdout "$REGISTRY canary-user" "$KERR" registry list
  "$KERR" --quiet push --no-https "$BUSYBOX" "oras://$REGISTRY/b:1"
  "$KERR" --quiet pull --no-https x.sif "oras://$REGISTRY/b:1"
  cmp x.sif "$BUSYBOX"
  expect_status 0 "$KERR" registry logout "$REGISTRY"
  expect_fatal 'kerr registry login' "$KERR" --quiet pull --no-https y.sif "oras://$REGISTRY/b:1"
  expect_status 0 "$KERR" --quiet pull --no-https --docker-username canary-user --docker-password canary-password y.sif "oras://$REGISTRY/b:1"
}

asks_for_a_login() {
  : >typescript
  { typed 'User name: ' canary-user && typed 'Password or token: ' canary-password && eventually grep -q hi typescript; } |
    script -qefc "'$KERR' --quiet exec --no-https --docker-login 'oras://$REGISTRY/b:1' echo hi" typescript >said
  expect_contains $'hi\r' "$(cat said)"
  ! grep canary-password said
  expect_fatal 'needs a user name' "$KERR" pull --no-https --docker-login y.sif "oras://$REGISTRY/b:1"
}

# typed QUESTION ANSWER: waits for the question.
typed() {
  eventually grep -q "$1" typescript
  sleep 0.5 # until the terminal shows no more what is typed
  echo "$2"
}

# ---- the cache

cache_is_shown_and_cleaned() {
  export KERR_CACHEDIR=$PWD/c
  "$KERR" --quiet exec "oci-archive:$ARCHIVE" true
  expect_stdout_contains 'There are 1 images and 0 blobs' "$KERR" cache list
  expect_stdout_contains oci-tmp "$KERR" cache list -v
  expect_status 0 "$KERR" cache clean --dry-run
  expect_status 0 "$KERR" cache clean --force --days 1
  expect_status 0 "$KERR" cache clean --force --type blob
  expect_stdout_contains 'There are 1 images' "$KERR" cache list
  expect_fatal 'say --force' "$KERR" cache clean
  expect_fatal 'no kind of cache' "$KERR" cache list --type nonsense
  expect_status 0 "$KERR" cache clean -f
  expect_stdout_contains 'There are 0 images' "$KERR" cache list
  expect_equal '' "$(find c -type f)"
}

nothing_is_kept_if_so_asked() {
  export KERR_CACHEDIR=$PWD/c
  "$KERR" --quiet pull --disable-cache --no-https x.sif "docker://$REGISTRY/tricky:1"
  [ ! -e c ]
  expect_stdout hi "$KERR" exec x.sif echo hi
}

it 'becomes a SIF, from layouts and archives' becomes_a_sif
it 'runs what its configuration says' runs_what_the_configuration_says
it 'is the same each time, if the time is fixed' is_the_same_each_time
it 'refuses what is no image, and leaves nothing' refuses_what_is_none
it 'shows and cleans the cache' cache_is_shown_and_cleaned
if ! is_root; then
  skip 'is the tree that umoci unpacks' 'only root sees all owners'
elif command -v umoci >/dev/null; then
  always 'is the tree that umoci unpacks' is_the_tree_that_umoci_unpacks
else
  skip 'is the tree that umoci unpacks' 'no umoci on this host'
fi
if command -v docker-registry >/dev/null && command -v skopeo >/dev/null; then
  registry_start
  # where root has used Podman, the usual place for logins may not be read
  XDG_RUNTIME_DIR=$SCRATCH skopeo --insecure-policy copy --quiet --dest-tls-verify=false "oci-archive:$ARCHIVE" "docker://$REGISTRY/tricky:1"
  it 'comes from a registry' comes_from_a_registry
  it 'goes to a registry and back' goes_to_a_registry_and_back
  by_one user 'is fetched once by many' is_fetched_once_by_many
  it 'is fetched again where the cache is damaged' damaged_blobs_are_fetched_again
  if command -v umoci >/dev/null; then
    it 'is fetched but for what other images have brought' what_images_share_is_fetched_once
  else
    skip 'is fetched but for what other images have brought' 'no umoci on this host'
  fi
  if ! command -v podman >/dev/null || ! is_root; then
    skip 'comes from Buildah' 'no podman on this host, or not root'
  elif ! podman info >"$SCRATCH/podman.log" 2>&1; then
    skip 'comes from Buildah' "podman does not work here: $(tail -n 1 "$SCRATCH/podman.log")"
  else
    always 'comes from Buildah' takes_images_of_buildah
    podman system reset --force >/dev/null 2>&1
  fi
  by_one user 'is there or not, whenever a pull is killed' killed_pulls_leave_nothing_wrong
  it 'keeps nothing if so asked' nothing_is_kept_if_so_asked
  # canary-password, as htpasswd -B writes it
  registry_start 'canary-user:$2y$04$FAAnIm16CaIUo6g9zoYSF.80YIVkJL1ZeK1/NkM3SePoibnJ2Olee'
  it 'wants a login' wants_a_login
  it 'asks for a login' asks_for_a_login
  registries_stop
else
  skip 'comes from a registry' 'no docker-registry or no skopeo on this host'
fi
