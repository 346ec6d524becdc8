#!/usr/bin/env bash
# The state in which a payload starts, with the same options, by kerr and by a real Apptainer, key by key: what
# e2e/fixtures/probe.c sees. Both must see this script's directory; as root, as a user, and as one with --fakeroot.
#
#   APPTAINER=apptainer e2e/peer/state.sh
#
# e2e/peer/state.txt explains each difference: a pattern of IDENTITY/NAME, a pattern of keys, the reason. A difference that
# nothing explains is a failure, and so is an explanation that explains nothing.
peer=${APPTAINER:-}
for name in $(compgen -e | grep -E '^(KERR|APPTAINER|SINGULARITY)(ENV)?_'); do unset "$name"; done
. "$(dirname "$0")/../lib.sh"
. "$E2E/fixtures/common.sh"
. "$E2E/fixtures/state.sh"

if [ -z "$peer" ]; then
  skip 'payloads of kerr and apptainer start in the same state' 'APPTAINER names no program'
  exit
fi

# explained NAME KEY: whether the table explains it; remembers which line did.
explained() {
  local name key reason number=0
  while read -r name key reason; do
    number=$((number + 1))
    case $name in '' | '#'*) continue ;; esac
    # shellcheck disable=SC2053,SC2254 # patterns
    case $1 in $name) case $2 in $key) echo "$number" >>"$SCRATCH/.used" && return ;; esac ;; esac
  done <"$(dirname "${BASH_SOURCE[0]}")/state.txt"
  return 1
}

# The value of a key; variables that only one of them sets by design are left out.
value_of() {
  sed -n "s|^  \"$2\": \(.*[^,]\),\{0,1\}\$|\1|p" "$1" |
    sed -E 's/"(KERR|APPTAINER|SINGULARITY)_[A-Z_]*"(, )?//g'
}

# What root lacks here apptainer asks for all the same, and fails: it is told to do without, and so is kerr.
missing=
if is_root; then
  number=0
  while IFS= read -r name; do
    ((0x$(sed -n 's/^CapEff:[[:space:]]*//p' /proc/self/status) >> number & 1)) || missing=${missing:+$missing,}$name
    number=$((number + 1))
  done < <("$KERR" capability avail | sed -n 's/^\(CAP_[A-Z_]*\):.*/\1/p')
fi

# Adds them to the options that are dropped: sets OPTIONS.
without_missing() {
  local i
  OPTIONS=("$@")
  [ -n "$missing" ] || return 0
  for ((i = 0; i < $#; i++)); do
    if [ "${OPTIONS[i]}" = --drop-caps ]; then
      OPTIONS[i + 1]+=,$missing
      return
    fi
  done
  case ${OPTIONS[0]-} in
    run | test | shell) OPTIONS=("${OPTIONS[0]}" --drop-caps "$missing" "${OPTIONS[@]:1}") ;;
    *) OPTIONS=(--drop-caps "$missing" "${OPTIONS[@]}") ;;
  esac
}

alike() {
  local identity=$1 first=$2 name=$3 key options=("${@:4}") wrong=0
  case ${options[0]-} in
    run | test | shell) options=("${options[0]}" ${first:+"$first"} "${options[@]:1}") ;;
    *) options=(${first:+"$first"} "${options[@]}") ;;
  esac
  without_missing "${options[@]}"
  state "$peer" "${OPTIONS[@]}" >peer.json
  state "$KERR" "${OPTIONS[@]}" >kerr.json
  while IFS= read -r key; do
    [ "$(value_of peer.json "$key")" = "$(value_of kerr.json "$key")" ] && continue
    explained "$identity/$name" "${key// /-}" && continue
    printf '%s: apptainer %s, kerr %s\n' "$key" "$(value_of peer.json "$key")" "$(value_of kerr.json "$key")"
    wrong=1
  done < <(sed -n 's/^  "\([^"]*\)": .*/\1/p' kerr.json)
  return $wrong
}

# Apptainer's shell takes no command, and with one id it needs the host's `fakeroot`.
one() { [[ $3 == shell || $3 == one-id ]] || it "starts as with apptainer: $1/$3" alike "$@"; }

each_explanation_explains() {
  local number=0 name rest used
  used=$(sort -un "$SCRATCH/.used" || true)
  while read -r name rest; do
    number=$((number + 1))
    case $name in '' | '#'*) continue ;; esac
    grep -qx "$number" <<<"$used" || case $name in root/*) is_root || continue ;; esac
    if ! is_root; then case $name in root/*) continue ;; esac; else case $name in user/* | fakeroot/*) continue ;; esac; fi
    grep -qx "$number" <<<"$used" || e2e_unexpected "both do the same now: $name $rest"
  done <"$(dirname "${BASH_SOURCE[0]}")/state.txt"
}

: >"$SCRATCH/.used"
it 'makes an image with the probe' state_image
if is_root; then
  each_case one root ''
else
  each_case one user ''
  each_case one fakeroot --fakeroot
fi
it 'explains what is different, and nothing else' each_explanation_explains
