#!/usr/bin/env bash
# Images of layers as kerr, umoci and apptainer unpack them: generated images, whose layers do to each other all that
# layers can do, must become the same tree: names, contents, owners, permissions, times, extended attributes, devices,
# and which names are one file. As root; both programs must see TMPDIR.
#
#   mvn -q test-compile && APPTAINER=apptainer e2e/peer/layers.sh      FIRST=0 LAYOUTS=60: which images
#
# Without APPTAINER umoci alone judges. Known differences, which are taken out before trees are compared:
#
# * .singularity.d has each program's own files.
# * /tmp and /var/tmp of an image that has none are 1777 in Kerr, as everywhere else; Apptainer has them 0755.
# * Directories that no entry describes have no time in the image: in Kerr it is 0, elsewhere the time of day, which
#   umoci and Apptainer also leave to directories that a later layer changes something in. Those that no entry describes
#   are 0775 in Apptainer, 0755 in umoci and Kerr.
peer=${APPTAINER:-} first=${FIRST:-0} layouts=${LAYOUTS:-60}
for name in $(compgen -e | grep -E '^(KERR|APPTAINER|SINGULARITY)(ENV)?_'); do unset "$name"; done
. "$(dirname "$0")/../lib.sh"
classes=${E2E%/*}/kerr/target
java=$(JAVA_HOME='' "${E2E%/*}/bootstrap" jdk)/bin/java
start=$(date +%s)
cd "$SCRATCH" || exit 1

# program NAME ARGUMENT…: a program of the tests.
program() {
  "$java" -XX:TieredStopAtLevel=1 -XX:+UseSerialGC --enable-native-access=ALL-UNNAMED \
    -cp "$classes/classes:$classes/test-classes" "dev.kerr.$1" "${@:2}"
}

# What every image of Kerr has.
SKELETON='\.(exec|run|shell|test)|singularity|environment|dev|etc(/hosts|/resolv\.conf)?|home|proc|root|sys|tmp|var(/tmp)?'

# plain PEER FILE: the listing in FILE less the known differences to the one in PEER.
plain() {
  awk -v start="$start" '
    function time() { return $0 ~ /^ / ? $4 : $5 }
    function name() { return $0 ~ /^ / ? "" : $1 }
    NR == FNR { if (time() >= start) new[name()]; next }
    name() ~ /^\.singularity\.d/ { next }
    {
      if (name() in new && / (DIRECTORY|SYMLINK) /) sub(" " time() "( |$)", " - ")
      if (name() in new) sub(/ DIRECTORY 775 /, " DIRECTORY 755 ")
      if (name() ~ /^(var\/)?tmp$/) sub(/ DIRECTORY (1777|755) /, " DIRECTORY open ")
      if (name() ~ /^etc\/(hosts|resolv.conf)$/) sub(" " time() " ", " - ")
      sub(/ $/, "")
      print
    }' "$1" "$2" | LC_ALL=C sort
}

less_skeleton() { grep -vE "^($SKELETON) "; }

kerr_image() { # NUMBER
  KERR_CONFIGDIR=$SCRATCH/kerr "$KERR" --quiet pull --force kerr.sif "oci:images/$1"
  local offset
  offset=$("$KERR" sif list kerr.sif | sed -n 's/.*|\([0-9]*\)-[0-9]*.*(\?FS (Squashfs.*/\1/p')
  mkdir -p mounted
  mount -t squashfs -o "loop,ro,offset=$offset" kerr.sif mounted
}

umoci_agrees() { # NUMBER
  rm -rf bundle
  umoci unpack --image "images/$1:test" bundle >/dev/null 2>&1
  program squashfs.ListingProgram mounted kerr.txt bundle/rootfs umoci.txt
  diff <(plain umoci.txt umoci.txt | less_skeleton) <(plain umoci.txt kerr.txt | less_skeleton)
}

peer_agrees() { # NUMBER
  rm -rf apptainer
  # shellcheck disable=SC2086 # it may have words before it
  $peer --silent build --force --sandbox apptainer "oci:images/$1" 2>said || { cat said; return 1; }
  program squashfs.ListingProgram apptainer apptainer.txt
  diff <(plain apptainer.txt apptainer.txt) <(plain apptainer.txt kerr.txt)
}

judged() {
  cd "$SCRATCH"
  kerr_image "$1"
  trap 'umount --lazy mounted' EXIT
  umoci_agrees "$1"
  [ -z "$peer" ] || peer_agrees "$1"
}

if ! is_root; then
  skip 'images of layers' 'only root sees all owners and makes devices'
  exit
fi
program layer.LayoutsProgram images $((first + layouts)) || exit 1
for ((i = first; i < first + layouts; i++)); do
  it "image $i: $(find "images/$i/blobs" -type f | wc -l) blobs" judged "$i"
done
