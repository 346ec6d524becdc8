#!/usr/bin/env bash
# Layers made to harm, the families B-073 to B-090, from their file to the image and the directory: nothing outside the
# image changes, and what is refused is named. Each by itself is in HostileLayersTest, HostileTarTest, DecompressionTest.
. "$(dirname "$0")/lib.sh"
EITHER=yes
. "$E2E/fixtures/common.sh"
export KERR_CONFIGDIR=$SCRATCH/kerr

blob() { # FILE: into the layout; prints digest and size, as a descriptor has them
  local digest
  digest=$(sha256sum <"$1" | cut -d' ' -f1)
  cp "$1" "layout/blobs/sha256/$digest"
  printf '"digest":"sha256:%s","size":%s' "$digest" "$(stat -c %s "$1")"
}

# layout FILE…: an image of these layers, the lowest first
layout() {
  local file layers='' manifest
  rm -rf layout
  mkdir -p layout/blobs/sha256
  echo '{"imageLayoutVersion":"1.0.0"}' >layout/oci-layout
  echo '{"architecture":"amd64","os":"linux","config":{},"rootfs":{"type":"layers","diff_ids":[]}}' >config
  for file in "$@"; do
    layers+="${layers:+,}{\"mediaType\":\"application/vnd.oci.image.layer.v1.tar\",$(blob "$file")}"
  done
  printf '{"schemaVersion":2,"config":{"mediaType":"application/vnd.oci.image.config.v1+json",%s},"layers":[%s]}' \
    "$(blob config)" "$layers" >manifest
  manifest=$(blob manifest)
  printf '{"schemaVersion":2,"manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json",%s}]}' \
    "$manifest" >layout/index.json
}

# entry ARCHIVE NAME FILE: adds FILE under that name, whatever it is, as root's: what a user unpacks is then the user's
entry() { tar -r -P -f "$1" --transform "flags=r;s|^.*\$|$2|" --owner=0 --group=0 --no-recursion "$3"; }

# What nothing may reach: a file and a directory beside the work.
lay_out_the_host() {
  HOST=$PWD/host
  mkdir host
  echo precious >host/file
  ln -s file host/link
  find host -printf '%p %m %T@ %C@ %l\n' | sort >before
}

host_is_untouched() {
  find host -printf '%p %m %T@ %C@ %l\n' | sort | diff before -
  expect_equal precious "$(cat host/file)"
}

# becomes FILE…: these layers become an image and a directory, and nothing else
becomes() {
  layout "$@"
  rm -rf image.sif tree
  expect_status 0 "$KERR" --quiet pull image.sif oci:layout
  expect_status 0 "$KERR" --quiet build --sandbox tree oci:layout
  host_is_untouched
}

# is_refused TEXT FILE…: these layers become nothing, in one line that says TEXT
is_refused() {
  local text=$1
  shift
  layout "$@"
  rm -rf image.sif tree
  expect_fatal "$text" "$KERR" --quiet pull image.sif oci:layout
  expect_failure 255 "$text" "$KERR" --quiet build --sandbox tree oci:layout
  [ ! -e image.sif ] && [ ! -e tree ]
  host_is_untouched
}

names_lead_nowhere_else() { # B-073
  lay_out_the_host
  echo mine >mine
  entry a.tar "$HOST/file" mine
  entry a.tar "../../../../../../../..$HOST/other" mine
  entry a.tar 'x/../../y' mine
  becomes a.tar
  expect_equal mine "$(cat "tree$HOST/file")"
  expect_equal mine "$(cat "tree$HOST/other")"
  expect_equal mine "$(cat tree/y)"
  ln -s /etc root
  entry b.tar . root
  is_refused 'the root is not a directory' b.tar
  entry c.tar "$(printf 'n%.0s' $(seq 256))" mine
  is_refused 'nnn: name longer than 255 bytes' c.tar
}

links_lead_nowhere_else() { # B-074, B-075
  lay_out_the_host
  echo mine >mine
  ln -s "$HOST" absolute
  ln -s "../../../../../../../..$HOST" relative
  ln -s loop loop
  mkdir directory
  entry a.tar absolute absolute
  entry a.tar relative relative
  entry a.tar absolute/file mine
  entry b.tar relative/other mine
  entry b.tar absolute/link mine
  becomes a.tar b.tar
  expect_equal mine "$(cat "tree$HOST/file")"
  expect_equal mine "$(cat "tree$HOST/other")"
  expect_equal mine "$(cat "tree$HOST/link")"
  entry c.tar absolute directory
  entry c.tar absolute/file mine
  becomes a.tar c.tar
  expect_equal mine "$(cat tree/absolute/file)"
  entry d.tar loop loop
  entry d.tar loop/file mine
  is_refused 'loop/file: too many symbolic links' d.tar
}

# hard_link ARCHIVE NAME TARGET
hard_link() {
  rm -f one two
  echo mine >one
  ln one two
  tar -c -P -f pair.tar --transform "s|^one\$|$3|" --transform "s|^two\$|$2|" --owner=0 --group=0 one two
  # less the file itself: the first header and its one block
  tail -c +1025 pair.tar >"$1"
}

hard_links_lead_nowhere_else() { # B-076
  lay_out_the_host
  hard_link a.tar stolen "$HOST/file"
  is_refused "stolen: hard link to ${HOST#/}/file, which is not there" a.tar
  hard_link b.tar stolen ../../../../../etc/passwd
  is_refused 'stolen: hard link to etc/passwd, which is not there' b.tar
  echo mine >mine
  entry c.tar mine mine
  : >.wh.mine
  entry d.tar .wh.mine .wh.mine
  hard_link e.tar stolen mine
  is_refused 'stolen: hard link to mine, which is not there' c.tar d.tar e.tar
}

whiteouts_hide_nothing_else() { # B-078
  lay_out_the_host
  : >empty
  echo mine >mine
  entry a.tar directory/mine mine
  entry b.tar "../../../../../../..$HOST/.wh.file" empty
  entry b.tar "$HOST/.wh..wh..opq" empty
  becomes a.tar b.tar
  expect_equal mine "$(cat tree/directory/mine)"
  entry c.tar 'directory/.wh..' empty
  is_refused 'directory/.wh..: whiteout of nothing' c.tar
  entry d.tar .wh..wh..opq empty
  becomes a.tar d.tar
  [ ! -e tree/directory ]
  expect_status 0 "$KERR" inspect image.sif
}

what_is_damaged_is_named() { # B-080, B-083, B-084, B-085
  lay_out_the_host
  head -c 5000 /dev/urandom >random
  entry a.tar some/file random
  head -c 3000 a.tar >b.tar
  is_refused 'cannot use layer sha256:' b.tar
  printf x | dd of=a.tar bs=1 seek=10 conv=notrunc 2>/dev/null
  is_refused 'cannot use layer sha256:' a.tar
  entry c.tar some/file random
  gzip -c c.tar | head -c 4000 >d.tar
  is_refused 'cannot use layer sha256:' d.tar
}

# What tar itself would have trouble with: nobody may enter the directory, and all bits are set.
permissions_are_data() { # B-087, B-088
  lay_out_the_host
  echo mine >mine
  mkdir closed
  local owner=0
  if is_root; then owner=4294967294; fi
  tar -c -f a.tar --mode=0 --owner=0 --group=0 --no-recursion closed
  entry a.tar closed/mine mine
  tar -r -f a.tar --mode=7777 --owner=:$owner --group=:$owner mine
  becomes a.tar
  expect_equal "7777 $owner" "$(stat -c '%a %u' tree/mine | sed "s/ $(id -u)\$/ 0/")"
  chmod u+rwx tree/closed
}

it 'has names that lead out of it lead nowhere else' names_lead_nowhere_else
it 'has links that lead out of it lead nowhere else' links_lead_nowhere_else
it 'refuses hard links to what is not in the image' hard_links_lead_nowhere_else
it 'has whiteouts hide nothing that is not in the image' whiteouts_hide_nothing_else
it 'says what is damaged' what_is_damaged_is_named
it 'takes permissions and owners as they are' permissions_are_data
