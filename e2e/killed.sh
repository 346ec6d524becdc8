#!/usr/bin/env bash
# A pull that is killed, at many moments: its target is not there or whole, the cache holds nothing wrong, and the
# next pull succeeds and leaves nothing of the killed ones.
. "$(dirname "$0")/lib.sh"
. "$E2E/fixtures/common.sh"
. "$E2E/fixtures/registry.sh"
ARCHIVE=$IMAGES/tricky-oci.tar
KILLED=${KILLED:-30}
LONGEST=${LONGEST:-240} # seconds, after which a busy machine has done enough, if it has done a quarter
export KERR_CONFIGDIR=$SCRATCH/kerr SOURCE_DATE_EPOCH=1 # the same image each time, to the byte

PULL=("$KERR" --quiet pull --force --no-https)

# Blobs under their own names are whole, at any moment.
cache_is_valid() {
  local blob
  for blob in cache/cache/blob/blobs/sha256/[0-9a-f]*; do
    [ ! -e "$blob" ] || expect_equal "${blob##*/}" "$(sha256sum <"$blob" | cut -d' ' -f1)"
  done
}

nothing_is_left() { expect_equal '' "$(find . -name '.*' -type f ! -name '*.made')"; }

milliseconds() { date +%s%3N; }

# killed_after MILLISECONDS: whether it was still running
killed_after() {
  local process
  "${PULL[@]}" killed.sif "$IMAGE" 2>/dev/null & # no function: that would be a shell, and its child go on
  process=$!
  sleep "$(printf '%d.%03d' $(($1 / 1000)) $(($1 % 1000)))"
  kill -KILL $process 2>/dev/null || true
  ! wait $process 2>/dev/null
}

killed_at_many_moments() {
  export KERR_CACHEDIR=$PWD/cache
  local start longest round hits=0
  "${PULL[@]}" reference.sif "$IMAGE"
  rm -r cache
  start=$(milliseconds)
  "${PULL[@]}" killed.sif "$IMAGE"
  longest=$(($(milliseconds) - start))
  local end=$((SECONDS + LONGEST))
  for round in $(seq "$KILLED"); do
    if [ $SECONDS -gt $end ] && [ $((round * 4)) -gt "$KILLED" ]; then break; fi
    [ $((round % 3)) = 0 ] || rm -rf cache
    [ $((round % 2)) = 0 ] || rm -f killed.sif
    if killed_after $((RANDOM % longest)); then hits=$((hits + 1)); fi
    [ ! -e killed.sif ] || cmp killed.sif reference.sif
    cache_is_valid
    if [ $((round % 10)) = 0 ]; then
      "${PULL[@]}" killed.sif "$IMAGE"
      cmp killed.sif reference.sif
      nothing_is_left
    fi
  done
  expect_stdout hi "$KERR" exec killed.sif echo hi
  [ $((hits * 2)) -gt "$round" ] || e2e_unexpected "only $hits of $round were still running"
  echo "$hits pulls killed at work, of $round" >>"$SCRATCH/counted"
}

# What a killed pull has got of a large layer is not got again.
goes_on_where_it_was_killed() {
  export KERR_CACHEDIR=$PWD/cache
  local process partial='' begun line
  umoci init --layout layout
  umoci new --image layout:large
  head -c 200000000 /dev/urandom >content
  tar -cf layer.tar content
  umoci raw add-layer --image layout:large layer.tar
  skopeo --insecure-policy copy --quiet --dest-tls-verify=false oci:layout:large "docker://$REGISTRY/large:1"
  "$KERR" --quiet pull --no-https large.sif "docker://$REGISTRY/large:1" &
  process=$!
  while [ -z "$partial" ] && kill -0 $process; do partial=$(find cache -name '*.partial' -size +2M 2>/dev/null || true); done
  kill -KILL $process
  wait $process || true
  begun=$(stat -c %s "$partial")
  [ ! -e large.sif ]
  line=$(($(wc -l <"$REGISTRY_LOG") + 1))
  "$KERR" --quiet pull --no-https large.sif "docker://$REGISTRY/large:1"
  expect_equal $(($(stat -c %s cache/cache/blob/blobs/sha256/* | sort -n | tail -n 1) - begun)) "$(blob_bytes large $line)"
  nothing_is_left
}

if ! command -v docker-registry >/dev/null || ! command -v skopeo >/dev/null || ! command -v umoci >/dev/null; then
  skip 'is there or not, whenever it is killed' 'no docker-registry, skopeo or umoci on this host'
  exit
fi
registry_start
IMAGE=docker://$REGISTRY/tricky:1
skopeo --insecure-policy copy --quiet --dest-tls-verify=false "oci-archive:$ARCHIVE" "$IMAGE"
by_one user "is there or not, whenever it is killed: $KILLED times" killed_at_many_moments
sed 's/^/# /' "$SCRATCH/counted" 2>/dev/null || true
it 'goes on where it was killed' goes_on_where_it_was_killed
registries_stop
