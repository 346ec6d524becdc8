#!/usr/bin/env bash
# Many at once ask for one image: it comes once, and all get it; with a cache on file systems of every kind.
. "$(dirname "$0")/lib.sh"
EITHER=yes
. "$E2E/fixtures/common.sh"
. "$E2E/fixtures/registry.sh"
ARCHIVE=$IMAGES/tricky-oci.tar
MANY=${MANY:-32}
FEW=${LOCKLESS:-8} # each of them does all the work
export KERR_CONFIGDIR=$SCRATCH/kerr

# at_once COUNT COMMAND…: runs COMMAND so often at once, with its number as $NUMBER; all must succeed.
at_once() {
  local count=$1 number failed=0 processes=()
  shift
  for number in $(seq "$count"); do
    NUMBER=$number "$@" >"said$number" 2>&1 &
    processes+=($!)
  done
  for number in $(seq "$count"); do
    wait "${processes[number - 1]}" || { failed=$((failed + 1)) && cat "said$number"; }
  done
  expect_equal 0 $failed
}

pull_one() { "$KERR" --quiet pull --no-https "$NUMBER.sif" "docker://$REGISTRY/$1:1"; }

exec_one() {
  [ "$("$KERR" --quiet exec --no-https "docker://$REGISTRY/$1:1" sh -c 'echo hello from inside')" = 'hello from inside' ]
}

# Every image is the same tree, and one of them runs.
images_are_valid() {
  local number
  for number in $(seq "$1"); do
    [ "$("$KERR" sif dump 4 "$number.sif" | sha256sum)" = "$("$KERR" sif dump 4 1.sif | sha256sum)" ]
  done
  expect_stdout hi "$KERR" exec 1.sif echo hi
}

cache_is_clean() { # DIRECTORY
  expect_equal '' "$(find "$1" -type f -name '.*' ! -name '*.made')"
  local blob
  for blob in "$1"/cache/blob/blobs/sha256/*; do
    expect_equal "${blob##*/}" "$(sha256sum <"$blob" | cut -d' ' -f1)"
  done
}

# in_repository NAME: the image under a name of its own, so that its requests can be told from others.
in_repository() {
  skopeo --insecure-policy copy --quiet --dest-tls-verify=false "oci-archive:$ARCHIVE" "docker://$REGISTRY/$1:1"
}

# blobs_came_once NAME: the configuration and the layers.
blobs_came_once() {
  local times
  times=$(grep -oE "GET /v2/$1/blobs/sha256:[0-9a-f]+ HTTP/1.1\" 20[06]" "$REGISTRY_LOG" | sort | uniq -c)
  [ -n "$times" ]
  if grep -v '^ *1 ' <<<"$times"; then e2e_unexpected 'these came more than once'; return 1; fi
}

pulls_at_once() {
  export KERR_CACHEDIR=$PWD/cache SOURCE_DATE_EPOCH=1
  in_repository pulled
  at_once $MANY pull_one pulled
  blobs_came_once pulled
  expect_equal "$MANY" "$(find . -maxdepth 1 -name '*.sif' | wc -l)"
  expect_equal '' "$(find . -maxdepth 1 -name '.*' -type f)"
  images_are_valid $MANY
  cache_is_clean cache
}

launches_at_once() {
  export KERR_CACHEDIR=$PWD/cache
  in_repository launched
  at_once $MANY exec_one launched
  blobs_came_once launched
  expect_equal 1 "$(find cache/cache/oci-tmp -type f ! -name '*.made' | wc -l)"
  cache_is_clean cache
}

# A file system without locks: none can wait for another, all must be right.
without_locks() {
  local server=$SCRATCH/nolocks
  # shellcheck disable=SC2046 # one word an option
  gcc -O1 $(pkg-config --cflags fuse3) "$E2E/fixtures/nolocks.c" -o "$server" -lfuse3
  mkdir beneath cache
  "$server" beneath cache
  trap 'fusermount3 -u -z cache' EXIT
  touch cache/file
  if flock -n cache/file true 2>/dev/null; then e2e_unexpected 'there are locks'; return 1; fi
  rm cache/file
  export KERR_CACHEDIR=$PWD/cache SOURCE_DATE_EPOCH=1
  in_repository lockless
  at_once "$FEW" pull_one lockless
  images_are_valid "$FEW"
  cache_is_clean cache
  at_once "$FEW" exec_one lockless
  expect_equal 1 "$(find cache/cache/oci-tmp -type f ! -name '*.made' | wc -l)"
}

# Root and the ordinary user share the work: 32 launches are 64 Java machines.
if command -v docker-registry >/dev/null && command -v skopeo >/dev/null; then
  registry_start
  by_one root "is fetched once by $MANY that pull" pulls_at_once
  by_one user "is fetched once by $MANY that launch" launches_at_once
  if [ -w /dev/fuse ] && command -v gcc >/dev/null && pkg-config --exists fuse3; then
    by_one user "is right for $FEW whose cache has no locks" without_locks
  else
    skip "is right for $FEW whose cache has no locks" 'no libfuse to make a file system without locks with'
  fi
  registries_stop
else
  skip 'is fetched once by many' 'no docker-registry or no skopeo on this host'
fi
