#!/usr/bin/env bash
# kerr beside apptainer: each command line below is run by both, in the same directory and environment, and must print
# the same on standard output and end with the same status. Both must see this script's directory and the images.
#
#   APPTAINER=apptainer e2e/peer/launch.sh
#
# A line is `command`, or `command # differs: reason` for a known difference (docs/user/differences.md), which must
# really be one. In a command $C is the program, $I an image with a shell, $A one with the SCIF application foo, $D an
# empty directory, and $H a directory with the file `f`, new for each run.
peer=${APPTAINER:-}
for name in $(compgen -e | grep -E '^(KERR|APPTAINER|SINGULARITY)(ENV)?_'); do unset "$name"; done
. "$(dirname "$0")/../lib.sh"

if [ -z "$peer" ]; then
  skip 'kerr and apptainer launch alike' 'APPTAINER names no program'
  exit
fi
export I=$IMAGES/busybox.sif A=$IMAGES/apps.sif

# one PROGRAM COMMAND: prints what it prints, and its status.
one() {
  local C=$1 D H status
  D=$SCRATCH/d H=$SCRATCH/h
  chmod -R u+rwX "$D" 2>/dev/null || true
  rm -rf "$D" "$H"
  mkdir -p "$D" "$H"
  echo content >"$H/f"
  export C D H
  status=0
  (cd "$D" && bash -c "$2") 2>"$SCRATCH/.stderr" || status=$?
  echo "status $status"
}

alike() {
  local command=${1%% # differs:*} reason=
  [ "$command" = "$1" ] || reason=${1##* # differs: }
  one "$peer" "$command" >"$SCRATCH/.peer"
  cp "$SCRATCH/.stderr" "$SCRATCH/.peer-stderr"
  one "$KERR" "$command" >"$SCRATCH/.kerr"
  if cmp -s "$SCRATCH/.peer" "$SCRATCH/.kerr"; then
    [ -z "$reason" ] || e2e_unexpected "both do the same now: strike the difference out ($reason)"
  elif [ -z "$reason" ]; then
    diff "$SCRATCH/.peer" "$SCRATCH/.kerr"
    e2e_unexpected "the peer said: $(tail -n 3 "$SCRATCH/.peer-stderr")" "kerr said: $(tail -n 3 "$SCRATCH/.stderr")"
  fi
}

while IFS= read -r line; do
  case $line in '' | '#'*) continue ;; esac
  it "$line" alike "$line"
done <"$(dirname "$0")/launch.txt"
