#!/bin/sh
# Builds a Debian image from debian.def and runs it, as whoever calls. `./bootstrap demo` runs this.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
kerr=${KERR:-$here/../build/dist/bin/kerr}
work=$(mktemp -d "${TMPDIR:-/var/tmp}/kerr-demo-XXXXXX")
file=$HOME/kerr-demo.txt
trap 'rm -rf "$work" "$file"' EXIT
step() { printf '\n== %s\n' "$*"; }

cp "$here/debian.def" "$work/"
cd "$work"
step kerr build debian.sif debian.def
"$kerr" build debian.sif debian.def
ls -l debian.sif
step kerr inspect debian.sif
"$kerr" inspect debian.sif
step kerr run debian.sif Ada
"$kerr" run debian.sif Ada
step 'kerr exec debian.sif cat /etc/os-release'
"$kerr" exec debian.sif cat /etc/os-release
step 'id outside, and inside'
id
"$kerr" exec debian.sif id
step "a file that the container writes to $HOME"
"$kerr" exec debian.sif sh -c 'echo "written in the container by $(whoami)" >"$HOME/kerr-demo.txt"'
ls -l "$file"
cat "$file"
[ "$("$kerr" exec debian.sif id)" = "$(id)" ] || { echo 'demo: the ids differ' >&2; exit 1; }
