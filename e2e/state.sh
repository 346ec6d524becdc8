#!/usr/bin/env bash
# In which state a payload starts: descriptors, capabilities, namespaces, mounts, limits, signals, ids, environment. Each
# launch is compared with a golden of its own, e2e/fixtures/state/IDENTITY/NAME.json, for an ordinary user, for such a one
# with --fakeroot, and for root.
#
#   GOLDEN=DIRECTORY e2e/state.sh    writes what is seen to the directory instead, to be looked at and committed:
#                                    as root GOLDEN=e2e/fixtures/state; as a user GOLDEN=/var/tmp/somewhere
. "$(dirname "$0")/lib.sh"
. "$E2E/fixtures/common.sh"
. "$E2E/fixtures/state.sh"

GOLDEN=${GOLDEN:+$(realpath "$GOLDEN")}

# Each launch is made as a user finds it, without what the scripts say for themselves.
unset KERR_SHARED_MOUNT_LINGER
STATE_ENV=KERR_SHARED_MOUNT_LINGER=1

# is_as_before IDENTITY OPTION NAME OPTION…
is_as_before() {
  local golden=$STATE/$1/$3.json first=$2
  local options=("${@:4}")
  case ${options[0]-} in
    run | test | shell) options=("${options[0]}" ${first:+"$first"} "${options[@]:1}") ;;
    *) options=(${first:+"$first"} "${options[@]}") ;;
  esac
  state "$KERR" "${options[@]}" >state.json
  if [ -n "$GOLDEN" ]; then
    mkdir -p "$GOLDEN/$1"
    cp state.json "$GOLDEN/$1/$3.json"
  else
    diff "$golden" state.json
  fi
}

one() { it "a payload of $1 starts as it should: $3" is_as_before "$@"; }

if ! state_image >"$SCRATCH/.image" 2>&1; then
  skip 'payloads start in the state that they should' "no probe: $(tail -n 1 "$SCRATCH/.image")"
elif is_root; then
  each_case one root ''
else
  each_case one user ''
  if grep -q "^$(id -un):" /etc/subuid 2>/dev/null; then
    each_case one fakeroot --fakeroot
  else
    skip 'payloads that are root start in the state that they should' "there is no range for $(id -un) in /etc/subuid"
  fi
fi
