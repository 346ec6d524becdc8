#!/usr/bin/env bash
# Registries as sites have them: with TLS, logins, mirrors and proxies; several architectures; what is not fetched twice.
. "$(dirname "$0")/lib.sh"
EITHER=yes
. "$E2E/fixtures/common.sh"
. "$E2E/fixtures/registry.sh"
ARCHIVE=$IMAGES/tricky-oci.tar
export KERR_CONFIGDIR=$SCRATCH/kerr HOME=$SCRATCH/home
mkdir "$HOME" "$KERR_CONFIGDIR"

copy() { skopeo --insecure-policy copy --quiet --dest-tls-verify=false "$@"; }

# ---- trust

make_certificates() { # DIRECTORY: an authority of our own, and a certificate of it for 127.0.0.1
  mkdir "$1"
  openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj '/CN=an authority of ours' \
    -keyout "$1/ca-key.pem" -out "$1/ca.pem" 2>/dev/null
  openssl req -newkey rsa:2048 -nodes -subj '/CN=127.0.0.1' -keyout "$1/key.pem" -out "$1/request.pem" 2>/dev/null
  openssl x509 -req -in "$1/request.pem" -CA "$1/ca.pem" -CAkey "$1/ca-key.pem" -CAcreateserial -days 2 \
    -extfile <(echo 'subjectAltName = IP:127.0.0.1') -out "$1/cert.pem" 2>/dev/null
}

trusts_whom_it_is_told_to() {
  expect_fatal certificate "$KERR" --quiet pull x.sif "docker://$REGISTRY/tricky:1"
  [ ! -e x.sif ]
  expect_status 0 env SSL_CERT_FILE="$CERTIFICATES/ca.pem" "$KERR" --quiet pull a.sif "docker://$REGISTRY/tricky:1"
  mkdir -p "$HOME/.config/containers/certs.d/$REGISTRY"
  cp "$CERTIFICATES/ca.pem" "$HOME/.config/containers/certs.d/$REGISTRY/ca.crt"
  expect_status 0 "$KERR" --quiet pull b.sif "docker://$REGISTRY/tricky:1"
  expect_stdout hi "$KERR" --quiet exec "docker://$REGISTRY/tricky:1" echo hi
  rm -r "$HOME/.config/containers"
  expect_fatal certificate "$KERR" --quiet pull x.sif "docker://$REGISTRY/tricky:1"
  # a plain connection is for who asks for it, and this is none
  expect_status 255 "$KERR" --quiet pull --no-https x.sif "docker://$REGISTRY/tricky:1"
  expect_equal 'a.sif b.sif' "$(echo *)"
}

# ---- logins

says_no_password() {
  local output=$PWD/said login
  echo wrong-password >wrong
  echo canary-password >right
  login=(registry login --no-https --username canary-user --password-stdin)
  {
    ! "$KERR" --debug "${login[@]}" "$REGISTRY" <wrong
    "$KERR" --debug "${login[@]}" "$REGISTRY" <right
    "$KERR" --debug registry list
    "$KERR" --debug pull --no-https a.sif "docker://$REGISTRY/tricky:1"
    "$KERR" --debug exec --no-https "docker://$REGISTRY/tricky:1" true
    "$KERR" --debug registry logout "$REGISTRY"
    ! "$KERR" --debug pull --no-https --force a.sif "docker://$REGISTRY/tricky:1"
    ! "$KERR" --debug pull --no-https --force --docker-username canary-user --docker-password wrong-password a.sif \
      "docker://$REGISTRY/tricky:1"
  } >"$output" 2>&1
  for secret in canary-password wrong-password "$(printf canary-user:canary-password | base64)"; do
    if grep -qF "$secret" "$output"; then e2e_unexpected "it says $secret:" "$(grep -F "$secret" "$output")"; return 1; fi
  done
  [ ! -e "$KERR_CONFIGDIR/docker-config.json" ] || ! grep -q "$REGISTRY" "$KERR_CONFIGDIR/docker-config.json"
}

uses_the_logins_of_docker() {
  mkdir "$HOME/.docker"
  printf '{"auths":{"%s":{"auth":"%s"}}}' "$REGISTRY" "$(printf canary-user:canary-password | base64)" \
    >"$HOME/.docker/config.json"
  expect_status 0 "$KERR" --quiet pull --no-https a.sif "docker://$REGISTRY/tricky:1"
  mv "$HOME/.docker/config.json" mine.json
  expect_fatal 'kerr registry login' "$KERR" --quiet pull --no-https b.sif "docker://$REGISTRY/tricky:1"
  expect_status 0 "$KERR" --quiet pull --no-https --authfile mine.json b.sif "docker://$REGISTRY/tricky:1"
}

# ---- ways there

goes_to_mirrors_first() {
  printf '[[registry]]\nlocation = "registry.invalid"\n[[registry.mirror]]\nlocation = "%s"\ninsecure = true\n' \
    "$REGISTRY" >"$KERR_CONFIGDIR/registries.conf"
  expect_status 0 "$KERR" --quiet pull --disable-cache a.sif docker://registry.invalid/tricky:1
  printf '[[registry]]\nlocation = "registry.invalid"\nblocked = true\n' >"$KERR_CONFIGDIR/registries.conf"
  expect_status 255 "$KERR" --quiet pull b.sif docker://registry.invalid/tricky:1
  printf '[[registry]]\nprefix = "example.org/old"\nlocation = "%s"\ninsecure = true\n' "$REGISTRY" \
    >"$KERR_CONFIGDIR/registries.conf"
  expect_status 0 "$KERR" --quiet pull --disable-cache c.sif docker://example.org/old/tricky:1
  rm "$KERR_CONFIGDIR/registries.conf"
  expect_status 255 "$KERR" --quiet pull d.sif docker://registry.invalid/tricky:1
  expect_equal 'a.sif c.sif' "$(echo *.sif)"
}

# The registry itself takes requests as a proxy gets them.
goes_through_a_proxy() {
  local url=docker://registry.invalid/tricky:1
  expect_status 0 env http_proxy="http://$REGISTRY" "$KERR" --quiet pull --disable-cache --no-https a.sif $url
  expect_status 255 env http_proxy="http://$REGISTRY" no_proxy=.invalid "$KERR" --quiet pull --no-https b.sif $url
  expect_equal a.sif "$(echo *)"
}

# ---- what there is

# image NAME PARENT: an image of the parent's layers, if there is one, and another of its own
image() {
  [ -d layout ] || umoci init --layout layout
  if [ -n "$2" ]; then umoci tag --image "layout:$2" "$1"; else umoci new --image "layout:$1"; fi
  head -c 100000 /dev/urandom >"of-$1"
  tar -cf layer.tar "of-$1"
  umoci raw add-layer --image "layout:$1" layer.tar
  copy "oci:layout:$1" "docker://$REGISTRY/shared/$1:1"
}

layers_that_are_there_are_not_fetched() {
  export KERR_CACHEDIR=$PWD/cache
  image base ''
  image first base
  image second base
  "$KERR" --quiet pull --no-https first.sif "docker://$REGISTRY/shared/first:1"
  expect_equal 3 "$(requests 'GET /v2/shared/first/blobs/.* 200 ')"
  "$KERR" --quiet pull --no-https second.sif "docker://$REGISTRY/shared/second:1"
  expect_equal 2 "$(requests 'GET /v2/shared/second/blobs/.* 200 ')" # its configuration, its own layer
  "$KERR" --quiet pull --no-https again.sif "docker://$REGISTRY/shared/second:1"
  expect_equal 2 "$(requests 'GET /v2/shared/second/blobs/.* 200 ')"
}

# add_blob FILE: puts it into the layout; its digest and size are then $DIGEST and $SIZE
add_blob() {
  DIGEST=$(sha256sum <"$1" | cut -d' ' -f1) SIZE=$(stat -c %s "$1")
  cp "$1" "layout/blobs/sha256/$DIGEST"
}

# platform ARCHITECTURE NAME: a descriptor for an index
platform() {
  local digest
  digest=$(umoci stat --image "layout:$2" --json 2>/dev/null | sed -n 's/.*"manifest":.*"digest":"sha256:\([0-9a-f]*\)".*/\1/p')
  digest=${digest:-$(grep -o '"digest":"sha256:[0-9a-f]*","size":[0-9]*,"annotations":{[^}]*"'"$2"'"' layout/index.json | grep -o '[0-9a-f]\{64\}')}
  printf '{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"sha256:%s","size":%s,' \
    "$digest" "$(stat -c %s "layout/blobs/sha256/$digest")"
  printf '"platform":{"os":"linux","architecture":"%s"}}' "$1"
}

takes_the_architecture_that_is_asked_for() {
  local architecture
  mkdir layout
  tar -xf "$ARCHIVE" -C layout
  tagged=$(sed -n 's/.*"org.opencontainers.image.ref.name": *"\([^"]*\)".*/\1/p' layout/index.json)
  umoci tag --image "layout:$tagged" amd64
  umoci config --image "layout:$tagged" --tag arm64 --architecture arm64
  {
    printf '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":['
    platform amd64 amd64
    printf ,
    platform arm64 arm64
    printf ']}'
  } >index
  add_blob index
  printf '{"schemaVersion":2,"manifests":[{"mediaType":"application/vnd.oci.image.index.v1+json",' >layout/index.json
  printf '"digest":"sha256:%s","size":%s}]}' "$DIGEST" "$SIZE" >>layout/index.json
  copy --all oci:layout "docker://$REGISTRY/several:1"
  for architecture in amd64 arm64; do
    "$KERR" --quiet pull --no-https --arch $architecture $architecture.sif "docker://$REGISTRY/several:1"
    expect_stdout_contains "*System/$architecture" "$KERR" sif list $architecture.sif
    "$KERR" --quiet pull --arch $architecture local.sif oci:layout --force
    expect_stdout_contains "*System/$architecture" "$KERR" sif list local.sif
  done
  "$KERR" --quiet pull --no-https "docker://$REGISTRY/several:1"
  expect_stdout_contains "*System/$(case $(uname -m) in aarch64) echo arm64 ;; *) echo amd64 ;; esac)" \
    "$KERR" sif list several_1.sif
  "$KERR" --quiet build --no-https --arch arm64 built.sif "docker://$REGISTRY/several:1"
  expect_contains arm64 "$("$KERR" sif list built.sif)"
  expect_fatal 'is for images from elsewhere' "$KERR" build --arch arm64 other.sif built.sif
  expect_fatal 'linux/arm64' "$KERR" --quiet pull --no-https --arch s390x x.sif "docker://$REGISTRY/several:1"
  expect_fatal 's390x' "$KERR" --quiet pull --arch s390x x.sif oci:layout
  [ ! -e x.sif ]
}

# manifest TEXT: a layout of one image with that manifest
manifest() {
  rm -rf layout
  mkdir -p layout/blobs/sha256
  echo '{"imageLayoutVersion":"1.0.0"}' >layout/oci-layout
  printf '{"architecture":"amd64","os":"linux","config":{},"rootfs":{"type":"layers","diff_ids":[]}}' >config
  add_blob config
  # shellcheck disable=SC2059 # the text has the places of digest and size
  printf "$2" "$DIGEST" "$SIZE" >manifest
  add_blob manifest
  printf '{"schemaVersion":2,"manifests":[{"mediaType":"%s","digest":"sha256:%s","size":%s}]}' "$1" "$DIGEST" "$SIZE" \
    >layout/index.json
}

refuses_foreign_layers_and_manifests_of_old() {
  local oci=application/vnd.oci.image foreign
  foreign='{"schemaVersion":2,"config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"sha256:%s",'
  foreign+='"size":%s},"layers":[{"mediaType":"application/vnd.oci.image.layer.nondistributable.v1.tar+gzip",'
  foreign+='"digest":"sha256:0123456789012345678901234567890123456789012345678901234567890123","size":5,'
  foreign+='"urls":["http://127.0.0.1:1/x"]}]}'
  manifest $oci.manifest.v1+json "$foreign"
  expect_fatal 'not given away' "$KERR" --quiet pull x.sif oci:layout
  # Some versions of the registry take no such manifest.
  if copy oci:layout "docker://$REGISTRY/foreign:1"; then
    expect_fatal 'not given away' "$KERR" --quiet pull --no-https x.sif "docker://$REGISTRY/foreign:1"
  fi
  manifest application/vnd.docker.distribution.manifest.v1+prettyjws \
    '{"schemaVersion":1,"name":"%.3s","tag":"%s","architecture":"amd64","fsLayers":[],"history":[]}'
  expect_fatal 'schema' "$KERR" --quiet pull x.sif oci:layout
  [ ! -e x.sif ]
}

# ---- a registry that goes away

goes_on_when_the_registry_comes_back() {
  export KERR_CACHEDIR=$PWD/cache
  umoci init --layout layout
  umoci new --image layout:large
  head -c 80000000 /dev/urandom >content
  tar -cf layer.tar content
  umoci raw add-layer --image layout:large layer.tar
  copy oci:layout:large "docker://$REGISTRY/large:1"
  local process partial='' size
  "$KERR" --quiet pull --no-https large.sif "docker://$REGISTRY/large:1" &
  process=$!
  while [ -z "$partial" ] && kill -0 $process; do partial=$(find cache -name '*.partial' -size +2M 2>/dev/null || true); done
  kill -KILL "$REGISTRY_PID"
  sleep 0.3
  registry_again
  wait $process
  size=$(stat -c %s cache/cache/blob/blobs/sha256/* | sort -n | tail -n 1)
  # what was on its way when it went away may have come twice
  [ "$(blob_bytes large 1)" -lt $((size + 40000000)) ] || e2e_unexpected 'the whole came again'
  "$KERR" --quiet build --sandbox unpacked large.sif
  cmp content unpacked/content
}

for program in docker-registry skopeo umoci openssl; do
  if ! command -v $program >/dev/null; then
    skip 'registries as sites have them' "no $program on this host"
    exit
  fi
done
CERTIFICATES=$SCRATCH/certificates
make_certificates "$CERTIFICATES"
REGISTRY_TLS=$CERTIFICATES registry_start
copy "oci-archive:$ARCHIVE" "docker://$REGISTRY/tricky:1"
it 'trusts the authorities that it is told to, and no other' trusts_whom_it_is_told_to
# canary-password, as htpasswd -B writes it
registry_start 'canary-user:$2y$04$FAAnIm16CaIUo6g9zoYSF.80YIVkJL1ZeK1/NkM3SePoibnJ2Olee'
copy --dest-creds canary-user:canary-password "oci-archive:$ARCHIVE" "docker://$REGISTRY/tricky:1"
it 'says no password, whatever happens' says_no_password
it 'uses the logins of Docker, and those in a file' uses_the_logins_of_docker
registry_start
copy "oci-archive:$ARCHIVE" "docker://$REGISTRY/tricky:1"
it 'goes to mirrors first, and where the configuration says' goes_to_mirrors_first
it 'goes through a proxy' goes_through_a_proxy
it 'does not fetch the layers that are there' layers_that_are_there_are_not_fetched
it 'takes the architecture that is asked for' takes_the_architecture_that_is_asked_for
it 'refuses foreign layers, and manifests of old' refuses_foreign_layers_and_manifests_of_old
it 'goes on when the registry comes back' goes_on_when_the_registry_comes_back
registries_stop
