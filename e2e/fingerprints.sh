#!/usr/bin/env bash
# Fingerprints: in a definition: a base that must be signed.
# shellcheck disable=SC2164 # a case ends at its first failing command
. "$(dirname "$0")/lib.sh"
EITHER=yes
. "$E2E/fixtures/common.sh"
. "$E2E/fixtures/services.sh"

SIGNED=$IMAGES/signed.sif # by Apptainer, with this key
KEY=FDAA816F89A67B1AB1038EC7283DD6590E8D58C6
OTHER=5994BE54C31CF1B5E1994F987C52CF6D055F072B

# definition BASE FINGERPRINTS: x.def.
definition() { printf 'Bootstrap: localimage\nFrom: %s\nFingerprints: %s\n' "$1" "$2" >x.def; }

# keyring DIRECTORY: the user has the key there, and nowhere else.
keyring() {
  mkdir -p "$1"
  cp "$IMAGES/signed.pub.pgp" "$1/pgp-public"
}

builds_from_what_is_signed() {
  KERR_KEYSDIR=$PWD/keys
  export KERR_KEYSDIR
  keyring keys
  definition "$SIGNED" $KEY
  expect_status 0 "$KERR" build image.sif x.def
  expect_contains 'Checking the signatures' "$STDERR"
  expect_stdout hi "$KERR" exec image.sif echo hi
  definition "$SIGNED" ${KEY,,}
  expect_status 0 "$KERR" build --force image.sif x.def
}

refuses_who_has_not_signed() {
  KERR_KEYSDIR=$PWD/keys
  export KERR_KEYSDIR
  keyring keys
  definition "$SIGNED" $OTHER
  expect_fatal "cannot build from $SIGNED: it is not signed by $OTHER, but by $KEY" "$KERR" build image.sif x.def
  definition "$SIGNED" "$KEY,$OTHER"
  expect_fatal "is not signed by $OTHER" "$KERR" build image.sif x.def
  definition "$BUSYBOX" $KEY
  expect_fatal 'it has no signatures' "$KERR" build image.sif x.def
  expect_equal 'keys x.def' "$(echo *)"
}

refuses_what_was_changed() {
  KERR_KEYSDIR=$PWD/keys
  export KERR_KEYSDIR
  keyring keys
  cp "$SIGNED" base.sif
  definition base.sif $KEY
  expect_status 0 "$KERR" build --sandbox box x.def
  local time
  time=$(stat -c %y base.sif)
  printf x | dd of=base.sif bs=1 seek=50000 conv=notrunc 2>/dev/null
  touch -d "$time" base.sif # what was kept of it before does not hide that
  expect_fatal 'object 3 has changed since' "$KERR" build image.sif x.def
  cp "$SIGNED" base.sif
  "$KERR" sif add base.sif x.def --datatype 7 --groupid 1
  expect_fatal 'it is not of object 5' "$KERR" build image.sif x.def
  [ ! -e image.sif ]
}

finds_keys_in_keyrings() {
  export HOME=$PWD
  export KERR_CACHEDIR=$PWD/cache
  unset KERR_CONFIGDIR
  definition "$SIGNED" $KEY
  local each
  for each in .kerr/keys .apptainer/keys .singularity/keys; do
    keyring $each
    expect_status 0 "$KERR" build --force image.sif x.def
    rm -r $each
  done
}

asks_key_servers() {
  export KERR_CONFIGDIR=$PWD/kerr
  "$KERR" --quiet remote add --insecure --no-login ours "$SERVICES"
  "$KERR" --quiet remote use ours
  definition "$SIGNED" $KEY
  expect_fatal "the public key $KEY is not known" "$KERR" build image.sif x.def
  mkdir -p "$SERVICES_ROOT/keys"
  cp "$IMAGES/signed.pub.pgp" "$SERVICES_ROOT/keys/0x$KEY"
  expect_fatal "from http://$SERVICES: there are no public keys" with_key 'no key' "$KERR" build image.sif x.def
  expect_status 0 "$KERR" build image.sif x.def
  definition "$SIGNED" $OTHER
  : >"$SERVICES_ROOT/log"
  expect_fatal 'is not signed by' "$KERR" build other.sif x.def
  [ ! -s "$SERVICES_ROOT/log" ] # nobody is asked in vain
  rm "$SERVICES_ROOT/keys/0x$KEY"
}

# with_key TEXT COMMAND…: while the key server has this for the key.
with_key() {
  local status=0
  mv "$SERVICES_ROOT/keys/0x$KEY" key
  echo "$1" >"$SERVICES_ROOT/keys/0x$KEY"
  "${@:2}" || status=$?
  mv key "$SERVICES_ROOT/keys/0x$KEY"
  return $status
}

verifies_what_comes_from_elsewhere() {
  export KERR_CONFIGDIR=$PWD/kerr KERR_CACHEDIR=$PWD/cache
  keyring kerr/keys
  echo "$CANARY_TOKEN" >token
  "$KERR" --quiet remote add --insecure --tokenfile token ours "$SERVICES"
  "$KERR" --quiet push "$SIGNED" library://ada/tools/signed:1
  printf 'Bootstrap: library\nFrom: ada/tools/signed:1\nFingerprints: %s\n' $KEY >x.def
  expect_status 0 "$KERR" build image.sif x.def
  sed -i "s/$KEY/$OTHER/" x.def
  expect_fatal "cannot build from library://ada/tools/signed:1: it is not signed by $OTHER" "$KERR" build other.sif x.def
  [ ! -e other.sif ]
}

warns_about_what_is_no_sif() {
  sandbox
  definition "$SANDBOX" $OTHER
  expect_status 0 "$KERR" build out.sif x.def
  expect_contains 'no SIF file' "$STDERR"
}

it 'builds from a base that the keys have signed' builds_from_what_is_signed
it 'refuses a base that they have not signed, and writes nothing' refuses_who_has_not_signed
it 'refuses a base that was changed since' refuses_what_was_changed
it 'finds keys in the keyrings of the user' finds_keys_in_keyrings
it 'warns that what is no SIF has no signatures' warns_about_what_is_no_sif
if command -v python3 >/dev/null; then
  services_start
  it 'asks key servers for keys that are not there' asks_key_servers
  it 'verifies what comes from a library' verifies_what_comes_from_elsewhere
  services_stop
else
  skip 'asks key servers for keys that are not there' 'no python3 on this host'
fi
