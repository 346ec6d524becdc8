#!/usr/bin/env bash
# Remotes and key servers: which there are, and who the user is to them.
. "$(dirname "$0")/lib.sh"
EITHER=yes
. "$E2E/fixtures/common.sh"
. "$E2E/fixtures/services.sh"
FILE=remote.yaml
cd "$SCRATCH" || exit

# fresh: nothing is known of any remote.
fresh() { export KERR_CONFIGDIR=$PWD/kerr; }

are_those_of_the_field() {
  fresh
  expect_stdout $'\nNAME           URI                  DEFAULT?  GLOBAL?  EXCLUSIVE?  SECURE?
DefaultRemote  cloud.apptainer.org  ✓         ✓                    ✓' "$KERR" remote list
  [ ! -e kerr ]
  expect_status 0 "$KERR" remote add --no-login foo cloud.example.org
  expect_equal 'INFO:    Remote "foo" added.' "$STDERR"
  expect_status 0 "$KERR" remote add --no-login --insecure bar http://localhost:5999/
  expect_equal 600 "$(stat -c %a kerr/$FILE)"
  expect_equal 'Active: bar
Remotes:
    bar:
        URI: localhost:5999
        System: false
        Exclusive: false
        Insecure: true
    foo:
        URI: cloud.example.org
        System: false
        Exclusive: false' "$(cat kerr/$FILE)"
  expect_stdout $'\nNAME           URI                  DEFAULT?  GLOBAL?  EXCLUSIVE?  SECURE?
DefaultRemote  cloud.apptainer.org            ✓                    ✓
bar            localhost:5999       ✓                              ✗!
foo            cloud.example.org                                   ✓' "$KERR" remote list
  expect_status 0 "$KERR" remote use foo
  expect_equal 'INFO:    Remote "foo" now in use.' "$STDERR"
  expect_fatal 'foo is already a remote' "$KERR" remote add --no-login foo cloud.example.org
  expect_fatal 'nothere is not a remote' "$KERR" remote use nothere
  expect_fatal 'DefaultRemote is global' "$KERR" remote remove DefaultRemote
  expect_fatal 'whole site' "$KERR" remote use --exclusive foo
  expect_status 0 "$KERR" remote remove bar
  expect_fatal 'bar is not a remote' "$KERR" remote remove bar
  expect_status 0 "$KERR" remote use DefaultRemote
  expect_usage_error 'wrong number' "$KERR" remote use
  expect_usage_error 'remote needs add' "$KERR" remote
  expect_usage_error 'not for remote list' "$KERR" remote list --exclusive
}

are_taken_over() {
  export HOME=$PWD
  unset KERR_CONFIGDIR
  mkdir .singularity
  printf 'Active: x\nRemotes:\n  x:\n    URI: x.example.org\n    Token: t\n    System: false\n    Exclusive: false\n' \
    >.singularity/$FILE
  expect_stdout_contains 'x.example.org' "$KERR" remote list
  expect_status 0 "$KERR" remote use DefaultRemote
  expect_contains 'Token: t' "$(cat .kerr/$FILE)"
  printf 'Active: y\nOdd: 1\n' >.kerr/$FILE
  expect_fatal 'the name Odd is unknown' "$KERR" remote list
  printf 'Active: &a [*a\n' >.kerr/$FILE
  expect_fatal 'cannot read the remotes' "$KERR" remote list
}

know_who_we_are() {
  fresh
  expect_fatal 'needs a password or a token' "$KERR" remote add --insecure ours "$SERVICES"
  expect_stdout_contains "$SERVICES" "$KERR" remote list
  echo "$CANARY_TOKEN" >token
  run "$KERR" remote login --tokenfile token ours
  expect_equal 0 "$STATUS"
  expect_contains 'Access Token Verified!' "$STDERR"
  [[ $STDOUT$STDERR != *canary* ]]
  expect_equal 600 "$(stat -c %a kerr/$FILE)"
  expect_contains "Token: $CANARY_TOKEN" "$(cat kerr/$FILE)"
  expect_stdout_contains 'Valid authentication token set (logged in).' "$KERR" remote status
  expect_contains 'SERVICE    STATUS  VERSION  URI' "$STDOUT"
  expect_contains "Library    OK      v1.2.3   http://$SERVICES" "$STDOUT"
  expect_stdout canary-secret "$KERR" remote get-login-password
  expect_status 0 "$KERR" remote logout
  ! grep Token kerr/$FILE
  expect_stdout_contains 'No authentication token set (logged out).' "$KERR" remote status ours
  echo wrong >token
  expect_fatal 'does not accept the login' "$KERR" remote login --tokenfile token
  run "$KERR" remote login --password-stdin ours <token
  expect_equal 255 "$STATUS"
  ! grep Token kerr/$FILE
  echo "$CANARY_TOKEN" >token
  run "$KERR" remote login --password-stdin ours <token
  expect_equal 0 "$STATUS"
  expect_fatal 'no such file' "$KERR" remote login --tokenfile nowhere
}

# Of an installation that is ours alone.
have_key_servers() {
  own_installation
  expect_stdout $'\nDefaultRemote *^\n   #1  https://keys.openpgp.org  🔒\n
(* = system endpoint, ^ = default endpoint)' "$KERR" keyserver list
  expect_silent "$KERR" keyserver add https://keys.example.org
  expect_silent "$KERR" keyserver add --order 1 --insecure http://keys2.example.org
  expect_fatal 'out of range' "$KERR" keyserver add --order 9 https://keys3.example.org
  expect_fatal 'already configured' "$KERR" keyserver add https://keys.example.org
  expect_fatal 'is no key server' "$KERR" keyserver add keys.example.org
  expect_fatal 'always verified' "$KERR" keyserver add --insecure https://keys4.example.org
  expect_stdout $'\nDefaultRemote *^
   #1  http://keys2.example.org  \n   #2  https://keys.openpgp.org  🔒
   #3  https://keys.example.org  🔒\n
(* = system endpoint, ^ = default endpoint)' "$KERR" keyserver list DefaultRemote
  expect_silent "$KERR" keyserver remove https://keys.openpgp.org
  expect_fatal 'not configured' "$KERR" keyserver remove https://nothere.example.org
  expect_contains '            - URI: https://keys.openpgp.org
              Skip: true
              External: false
              Insecure: false' "$(cat own/etc/kerr/$FILE)"
  expect_equal 644 "$(stat -c %a own/etc/kerr/$FILE)"
  expect_silent "$KERR" remote add-keyserver https://keys.openpgp.org # as it was called before
}

know_who_we_are_to_key_servers() {
  own_installation
  "$KERR" keyserver add --insecure "http://$SERVICES"
  expect_fatal 'no external key server' "$KERR" keyserver login https://nowhere.example.org
  echo canary-password >password
  run "$KERR" keyserver login --username ada --password-stdin "http://$SERVICES" <password
  expect_equal 0 "$STATUS"
  [[ $STDOUT$STDERR != *canary* ]]
  expect_contains "    - URI: http://$SERVICES
      Auth: Basic $(printf ada:canary-password | base64)
      Insecure: true" "$(cat kerr/$FILE)"
  echo wrong >password
  run "$KERR" keyserver login --username ada --password-stdin "http://$SERVICES" <password
  expect_equal 255 "$STATUS"
  expect_status 0 "$KERR" keyserver logout "http://$SERVICES"
  ! grep Auth kerr/$FILE
}

are_the_sites_too() {
  own_installation
  expect_status 0 "$KERR" remote add --global --insecure site "$SERVICES"
  expect_status 0 "$KERR" remote add --no-login mine mine.example.org
  expect_status 0 "$KERR" remote use --global --exclusive site
  expect_stdout_contains '✓         ✓        ✓           ✗!' "$KERR" remote list
  expect_fatal 'this site wants site only' "$KERR" remote use mine
  expect_fatal 'this site wants site only' "$KERR" pull --library http://localhost:1 x.sif library://ada/tools/x:1
  expect_status 0 "$KERR" remote use --global DefaultRemote
  expect_status 0 "$KERR" remote use mine
  chmod -R a-w own/etc/kerr
  if ! is_root; then expect_fatal 'who administers' "$KERR" remote use --global site; fi
}

own_installation() {
  fresh
  cp -r "$(dirname "$(dirname "$(readlink -f "$KERR")")")" own
  KERR=$PWD/own/bin/kerr
  chmod -R u+w own/etc
}

it 'are those of the field' are_those_of_the_field
it 'are taken over from other programs' are_taken_over
if command -v python3 >/dev/null; then
  services_start
  it 'know who we are' know_who_we_are
  it 'have key servers' have_key_servers
  it 'know who we are to key servers' know_who_we_are_to_key_servers
  it 'are the site'"'"'s too' are_the_sites_too
  services_stop
else
  skip 'know who we are' 'no python3 on this host'
fi
