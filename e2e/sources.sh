#!/usr/bin/env bash
# Images from Docker's daemon, libraries, the Singularity Hub and the web: pull, exec, build, push.
. "$(dirname "$0")/lib.sh"
. "$E2E/fixtures/common.sh"
. "$E2E/fixtures/services.sh"
export KERR_CONFIGDIR=$SCRATCH/kerr

# ---- the web

comes_from_the_web() {
  expect_status 0 "$KERR" pull "http://$SERVICES/files/busybox.sif"
  expect_equal busybox.sif "$(ls)"
  cmp busybox.sif "$BUSYBOX"
  [ -x busybox.sif ]
  expect_stdout hi "$KERR" --quiet exec "http://$SERVICES/files/busybox.sif" echo hi
  expect_status 0 "$KERR" --quiet build built.sif "http://$SERVICES/files/busybox.sif"
  expect_stdout hi "$KERR" exec built.sif echo hi
  expect_equal 1 "$(grep -c 'GET /files/busybox.sif' "$SERVICES_ROOT/log")" # the cache has it from then on
  expect_stdout_contains ' net' "$KERR" cache list --verbose
  expect_fatal 'already exists' "$KERR" pull "http://$SERVICES/files/busybox.sif"
}

goes_on_where_it_broke() {
  expect_status 0 "$KERR" --quiet pull x.sif "http://$SERVICES/files/broken/busybox.sif"
  cmp x.sif "$BUSYBOX"
  expect_equal 2 "$(grep -c 'GET /files/broken/busybox.sif' "$SERVICES_ROOT/log")"
}

what_is_no_image_is_refused() {
  echo '<html>Sign in</html>' >"$SERVICES_ROOT/files/page"
  expect_fatal 'is no image' "$KERR" pull x.sif "http://$SERVICES/files/page"
  expect_fatal 'has no such thing' "$KERR" pull x.sif "http://$SERVICES/files/none.sif"
  expect_fatal 'redirects more than' "$KERR" pull x.sif "http://$SERVICES/files/loop"
  expect_fatal 'cannot reach' "$KERR" pull x.sif http://127.0.0.1:1/x.sif
  expect_fatal 'cannot be read' "$KERR" pull x.sif 'https:///x'
  expect_equal '' "$(ls)"
  expect_equal '' "$(find "$KERR_CONFIGDIR/cache/net" -name '.*' ! -name '*.made' -type f)"
}

passwords_go_to_their_host_alone() {
  expect_fatal 'wants a login' "$KERR" pull x.sif "http://$SERVICES/files/private/busybox.sif"
  : >"$SERVICES_ROOT/log"
  run "$KERR" pull x.sif "http://ada:canary-password@$SERVICES/files/private/busybox.sif?elsewhere=http://localhost:${SERVICES#*:}"
  expect_equal 0 "$STATUS"
  [[ $STDOUT$STDERR != *canary* ]]
  cmp x.sif "$BUSYBOX"
  expect_equal - "$(sed -n 's,^GET /files/busybox.sif ,,p' "$SERVICES_ROOT/log")"
}

# ---- libraries

signed() { # SIF
  cp "$BUSYBOX" "$1"
  echo signature >signature
  "$KERR" sif add "$1" signature --datatype 5 --signhash 1 --signentity "$(printf 'a%.0s' $(seq 40))"
}

goes_to_a_library_and_back() {
  signed signed.sif
  expect_fatal 'is not signed' "$KERR" push "$BUSYBOX" library://ada/tools/busybox:1
  log_in
  "$KERR" --quiet remote logout
  expect_fatal 'without a login' "$KERR" push signed.sif library://ada/tools/busybox:1
  "$KERR" --quiet remote login --tokenfile .token
  expect_status 0 "$KERR" push signed.sif library://ada/tools/busybox:1,one
  expect_equal '' "$STDOUT"
  expect_status 0 "$KERR" push -U "$BUSYBOX" library://ada/tools/busybox:2
  expect_status 0 "$KERR" push -U "$BUSYBOX" library://ada/tools/busybox:2 # once more
  expect_status 0 "$KERR" pull library://ada/tools/busybox:one
  expect_equal 'busybox_one.sif signature signed.sif' "$(echo *)"
  cmp busybox_one.sif signed.sif
  expect_status 0 "$KERR" pull x.sif "library://ada/tools/busybox:sha256.$(sha256sum <"$BUSYBOX" | cut -d' ' -f1)"
  cmp x.sif "$BUSYBOX"
  expect_stdout hi "$KERR" --quiet exec library://ada/tools/busybox:2 echo hi
  expect_stdout_contains ' library' "$KERR" cache list --verbose
  ! grep -q "storage.*Bearer" "$SERVICES_ROOT/log"
  expect_fatal 'has no image' "$KERR" pull y.sif library://ada/tools/none
  expect_fatal 'for arm64' "$KERR" pull --arch arm64 y.sif library://ada/tools/busybox:2
  expect_fatal 'no collection' "$KERR" push -U "$BUSYBOX" library://busybox
  expect_fatal 'is no tag' "$KERR" pull y.sif 'library://ada/tools/busybox:a b'
}

large_images_go_in_parts() {
  log_in
  head -c 70000000 /dev/urandom >random
  "$KERR" sif new large.sif
  "$KERR" sif add large.sif "$IMAGES/busybox.sif" --datatype 4 --parttype 2 --partfs 1 --partarch 2
  "$KERR" sif add large.sif random --datatype 7
  expect_status 0 "$KERR" push -U large.sif library://ada/tools/large:1
  expect_equal 3 "$(grep -c 'PUT /storage/part-' "$SERVICES_ROOT/log")"
  expect_status 0 "$KERR" --quiet pull back.sif library://ada/tools/large:1
  cmp back.sif large.sif
}

libraries_are_those_that_are_named() {
  log_in
  "$KERR" --quiet push -U "$BUSYBOX" library://ada/tools/named:1
  : >"$SERVICES_ROOT/log"
  expect_status 0 "$KERR" pull --no-https a.sif "library://$SERVICES/ada/tools/named:1"
  expect_status 0 "$KERR" pull --library "http://$SERVICES" b.sif library://ada/tools/named:1
  expect_status 0 env SINGULARITY_LIBRARY="http://$SERVICES" "$KERR" pull c.sif library://ada/tools/named:1
  ! grep -q Bearer "$SERVICES_ROOT/log" # the token is for the remote in use
  expect_fatal 'two libraries' "$KERR" pull --library "http://$SERVICES" d.sif "library://$SERVICES/ada/tools/named:1"
  expect_fatal 'another library' "$KERR" push -U "$BUSYBOX" library://library.example.org/ada/tools/x:1
  KERR_CONFIGDIR=$PWD/fresh expect_fatal 'has no service library' "$KERR" pull d.sif library://ada/tools/named:1
}

wrong_content_is_refused() {
  log_in
  signed other.sif
  "$KERR" --quiet push other.sif library://ada/tools/lying:1
  local stored
  stored=$(sha256sum <other.sif | cut -c1-24)
  printf x | dd of="$SERVICES_ROOT/library/$stored" bs=1 seek=5000 conv=notrunc 2>/dev/null
  export KERR_CACHEDIR=$PWD/cache
  expect_fatal 'was changed' "$KERR" pull x.sif library://ada/tools/lying:1
  truncate -s 5000 "$SERVICES_ROOT/library/$stored"
  expect_fatal 'should have' "$KERR" pull x.sif library://ada/tools/lying:1
  [ ! -e x.sif ]
  expect_equal '' "$(find cache -type f)"
}

# log_in: the remote in use is ours, and knows us.
log_in() {
  export KERR_CONFIGDIR=$PWD/.kerr KERR_CACHEDIR=$PWD/.cache
  echo "$CANARY_TOKEN" >.token
  "$KERR" --quiet remote add --insecure --tokenfile .token ours "$SERVICES"
}

# ---- the hub

comes_from_a_hub() {
  expect_status 0 "$KERR" pull --no-https "shub://$SERVICES/ada/tools"
  cmp tools_latest.sif "$BUSYBOX"
  expect_stdout hi "$KERR" --quiet exec --no-https "shub://$SERVICES/ada/tools" echo hi
  expect_stdout_contains ' shub' "$KERR" cache list --verbose
  expect_fatal 'has no such thing' "$KERR" pull --no-https x.sif "shub://$SERVICES/ada/none"
  https_proxy=http://127.0.0.1:1 expect_fatal 'ended in 2021' "$KERR" pull x.sif shub://ada/tools
  expect_fatal 'cannot read' "$KERR" pull x.sif shub://tools
}

# ---- Docker's daemon

comes_from_a_daemon() {
  export DOCKER_HOST=unix://$DOCKER_SOCKET
  expect_status 0 "$KERR" pull docker-daemon:tricky:1
  expect_equal tricky_1.sif "$(ls)"
  expect_stdout 'b c x y $HOME' "$KERR" run tricky_1.sif
  unset DOCKER_HOST
  expect_stdout hi "$KERR" --quiet exec --docker-host "unix://$DOCKER_SOCKET" "docker-daemon:sha256:$ID" echo hi
  expect_stdout hi env KERR_DOCKER_HOST="unix://$DOCKER_SOCKET" "$KERR" --quiet exec docker-daemon:tricky:1 echo hi
  export DOCKER_HOST=unix://$DOCKER_SOCKET
  expect_no_leftovers "$KERR" --quiet build --force built.sif docker-daemon:tricky:1
  expect_fatal 'No such image: none:latest' "$KERR" pull x.sif docker-daemon:none
  expect_fatal 'names no image' "$KERR" pull x.sif 'docker-daemon:a b'
  DOCKER_HOST=unix:///nowhere expect_fatal 'cannot reach' "$KERR" pull x.sif docker-daemon:tricky:1
  DOCKER_HOST=ssh://host expect_fatal 'without TLS are known' "$KERR" pull x.sif docker-daemon:tricky:1
}

comes_from_podman() {
  local socket=$PWD/podman.sock pid
  podman --root "$PWD/root" --runroot "$PWD/run" --storage-driver vfs load -q -i "$DOCKER_ARCHIVE" >/dev/null
  podman --root "$PWD/root" --runroot "$PWD/run" --storage-driver vfs system service --time 0 "unix://$socket" 2>log &
  pid=$!
  eventually test -S "$socket"
  run "$KERR" --quiet pull --docker-host "unix://$socket" x.sif docker-daemon:localhost/tricky:1
  kill "$pid"
  wait "$pid" || true
  expect_equal 0 "$STATUS$STDERR"
  expect_stdout hi "$KERR" exec x.sif echo hi
}

names_what_the_user_asked_for() {
  run "$KERR" exec "oci-archive:$IMAGES/tricky-oci.tar" true
  expect_contains "Converting oci-archive:$IMAGES/tricky-oci.tar" "$STDERR"
  [[ $STDERR != *.part* ]]
}

it 'says what it converts by the name that the user gave' names_what_the_user_asked_for
if ! command -v python3 >/dev/null; then
  skip 'comes from the web, libraries, hubs and daemons' 'no python3 on this host'
  exit
fi
services_start
it 'comes from the web' comes_from_the_web
it 'goes on where it broke' goes_on_where_it_broke
it 'is refused if it is no image, and nothing stays' what_is_no_image_is_refused
it 'shows passwords to their host alone' passwords_go_to_their_host_alone
it 'goes to a library and back' goes_to_a_library_and_back
it 'goes to a library in parts if it is large' large_images_go_in_parts
it 'comes from the library that is named' libraries_are_those_that_are_named
it 'is refused if a library has other content' wrong_content_is_refused
it 'comes from a Singularity Hub' comes_from_a_hub
if command -v skopeo >/dev/null; then
  DOCKER_ARCHIVE=$SCRATCH/tricky.tar
  skopeo --insecure-policy copy --quiet "oci-archive:$IMAGES/tricky-oci.tar" "docker-archive:$DOCKER_ARCHIVE:localhost/tricky:1"
  ID=$(tar -xOf "$DOCKER_ARCHIVE" manifest.json | sed 's/.*"Config":"\([0-9a-f]*\)\.json".*/\1/')
  docker_start "$DOCKER_ARCHIVE" "$ID"
  it 'comes from a daemon' comes_from_a_daemon
  if is_root && command -v podman >/dev/null; then
    it 'comes from Podman' comes_from_podman
  else
    skip 'comes from Podman' 'no Podman on this host, or not root'
  fi
else
  skip 'comes from a daemon' 'no skopeo on this host'
fi
services_stop
