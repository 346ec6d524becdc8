# What launch-table, import-storm and check have in common. The caller has set `set -eu` and HERE, the directory bench/.
#
# A measured value is a line of KEY, LABEL, MEDIAN, LEAST and MOST with tabs between them in $work/values; a ratio in
# `budgets` names two keys. Where RESULTS names a file, the values are added to it too.
#
# shellcheck shell=bash disable=SC2034 # what is not used here is used by those

KERR=$(readlink -f "${KERR:-$HERE/../build/dist/bin/kerr}")
peer=${APPTAINER:-} ch_run=${CH_RUN:-} bwrap=${BWRAP:-}
peer_image=${APPTAINER_IMAGE:-}
# the other variables of these families are settings of the programs that are measured
for name in $(compgen -e | grep -E '^(KERR|APPTAINER|SINGULARITY)_'); do unset "$name"; done
export USER=${USER:-$(id -un)} # ch-run insists on it
work=$(mktemp -d "${TMPDIR:-/var/tmp}/kerr-bench-XXXXXX")
export KERR_CONFIGDIR=$work/kerr # where plans are stored

die() {
  echo "bench: $*" >&2
  exit 1
}

# Nothing ends without a word.
set -E
trap 'echo "bench: ${BASH_SOURCE[0]##*/}:$LINENO: failed: $BASH_COMMAND" >&2' ERR

# tool NAME [FLAG…]: prints where NAME.c is built: what the variable of that name in capitals says, else built here.
tool() {
  local source=$1 given=${1^^}
  shift
  if [ -n "${!given:-}" ]; then
    echo "${!given}"
    return
  fi
  command -v cc >/dev/null || die "there is no C compiler: build $source.c elsewhere, and say where it is with $given"
  cc -O2 -o "$work/$source" "$HERE/$source.c" "$@" && echo "$work/$source"
}

facts() {
  local model
  model=$(sed -n 's/^model name[[:space:]]*: //p' /proc/cpuinfo | head -n 1)
  echo "Measured on $(date -u +%Y-%m-%d): $(nproc) cores, $model," \
    "$(awk '/^MemTotal/ { printf "%.0f GB", $2 / 1e6 }' /proc/meminfo) of memory, Linux $(uname -r)," \
    "as $([ "$(id -u)" = 0 ] && echo root || echo 'an ordinary user'); $("$KERR" --version)$1."
}

# usable COMMAND: whether it does its job here; what it says is shown if not.
usable() {
  # shellcheck disable=SC2086 # split at blanks, as the timer does it
  if env $1 >"$work/said" 2>&1 </dev/null; then return; fi
  echo "bench: left out, for it fails: $1: $(head -n 1 "$work/said")" >&2
  return 1
}

value() {
  printf '%s\t%s\t%s\t%s\t%s\n' "$@" >>"$work/values"
  if [ -n "${RESULTS:-}" ]; then printf '%s\t%s\t%s\t%s\t%s\n' "$@" >>"$RESULTS"; fi
}

# row KEY LABEL COMMAND: to be measured with the others; without a COMMAND, or if it fails, it is told that it is not.
keys=() labels=() commands=()
row() {
  keys+=("$1") labels+=("$2")
  if [ -n "$3" ] && usable "$3"; then commands+=("$3"); else commands+=(''); fi
}

# measure ROUNDS: times the rows since the last time in turn, and prints their table; milliseconds.
measure() {
  local i timed=() interleave median least most
  interleave=$(tool interleave)
  for i in "${!keys[@]}"; do
    if [ -n "${commands[i]}" ]; then timed+=("$i" "${commands[i]}"); fi
  done
  : >"$work/rows"
  if [ ${#timed[@]} -gt 0 ]; then "$interleave" "$1" "${timed[@]}" >"$work/rows"; fi ||
    die 'a command has failed that went well before'
  echo
  echo "| milliseconds; interleaved, rounds: $1 | median | least | most |"
  echo '|---|---:|---:|---:|'
  for i in "${!keys[@]}"; do
    read -r median least most < <(awk -F '|' -v i="$i" '$2 == " " i " " { print $3, $4, $5 }' "$work/rows") || true
    if [ -z "$median" ]; then
      echo "| ${labels[i]} | not measured | | |"
    else
      echo "| ${labels[i]} | $median | $least | $most |"
      value "${keys[i]}" "${labels[i]}" "$median" "$least" "$most"
    fi
  done
  keys=() labels=() commands=()
}

# Prints the bars of the ratios whose first key matches a pattern, as a table.
bars() {
  echo
  echo '| bar | | beside | ratio | at most | |'
  echo '|---|---:|---:|---:|---:|---|'
  "$HERE/judge" table "$1" "$work/values"
}
