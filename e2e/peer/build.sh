#!/usr/bin/env bash
# Sandboxes as kerr and apptainer build them from the same definitions: every file's name, kind, permissions, owners and
# contents must be the same, but for the known differences below. As root.
#
#   APPTAINER=apptainer e2e/peer/build.sh [NAME…]
#
# PEER is a command that runs others where apptainer is (none: here), SHARED a directory that both see and SHARED_THERE
# its name there. OPTIONS are for apptainer's builds: --fakeroot where root has not all capabilities; its owners are then
# those of a user namespace whose ids from 1 on are 100000 and further (/etc/subuid: root:100000:65536).
# DEBIAN=MIRROR adds a definition that starts from debootstrap.
#
# Known differences, which are taken out before trees are compared:
#
# * labels: the date, and the version with its label's name; a label's name ends at the first blank or tab in Kerr, only
#   at a blank in Apptainer;
# * actions and environment scripts that every image has are each program's own text: that they are there counts;
# * comments and blank lines of 90-environment.sh; the runscript and startscript of an image that has none;
# * the definitions that a base was built from are bootstrap_history/SingularityN in Kerr, as in Singularity, and ApptainerN;
# * in an image from nothing /root is 0750, /tmp and /var/tmp are 1777 in Kerr, 0755 all in Apptainer;
# * scripts run with the umask 022 in Kerr, with 002 in Apptainer: the right of groups to write is no difference;
# * a comment above the first line of a definition is kept in the image by Kerr, and lost by Apptainer;
# * scripts of applications are each program's own text: what they export counts. Apptainer looks for an application
#   NAME-X in /scif/apps/NAME_X, where it is not;
# * of a directory that a pattern of "%files from STAGE" names, Apptainer forgets the permissions.
apptainer=${APPTAINER:-apptainer} options=${OPTIONS:-} peer=${PEER:-} given=${SHARED:-}
for name in $(compgen -e | grep -E '^(KERR|APPTAINER|SINGULARITY)(ENV)?_'); do unset "$name"; done
. "$(dirname "$0")/../lib.sh"
. "$E2E/fixtures/common.sh"
shared=$(mktemp -d "${given:-$SCRATCH}/peer-build-XXXXXX")
there=${SHARED_THERE:-${given:-$SCRATCH}}/${shared##*/}
trap '[ -n "${KEEP:-}" ] || rm -rf --one-file-system "$shared"; e2e_end' EXIT
wanted=" $* "
NAMES=()

# define NAME: a definition, on standard input, in which a line BASE stands for a header.
define() {
  [ "$wanted" = '  ' ] || [[ $wanted == *" $1 "* ]] || return 0
  mkdir -p "$shared/$1"
  sed "s,^BASE\$,Bootstrap: localimage\nFrom: ../base," >"$shared/$1/x.def"
  NAMES+=("$1")
}

# Files that definitions copy from the directory that they are built in.
prepare() {
  local name
  "$KERR" --quiet build --sandbox "$shared/base" "$BUSYBOX" || return
  for name in "${NAMES[@]}"; do
    (
      cd "$shared/$name" && mkdir -p tree/sub 'with blank' && echo content >tree/file && ln -s file tree/link &&
        ln -s ../file tree/sub/up && echo a >a.txt && echo b >b.txt && echo blank >'with blank/a b' && chmod 750 tree/sub &&
        printf '#!/bin/sh\necho ran\n' >program && chmod 755 program && chmod 600 b.txt
    ) || return
  done
}

build_there() {
  cat >"$shared/all.sh" <<END
umask 022
cd "\$(dirname "\$0")" || exit 1
for directory in ${NAMES[*]}; do
  (cd \$directory && $apptainer build $options --force --sandbox peer x.def >peer.log 2>&1 </dev/null; echo \$? >peer.status)
done
END
  # shellcheck disable=SC2086 # a command with arguments
  $peer sh "$there/all.sh"
}

build_here() {
  local name
  for name in "${NAMES[@]}"; do
    (cd "$shared/$name" && umask 022; "$KERR" build --sandbox kerr x.def >kerr.log 2>&1 </dev/null; echo $? >kerr.status)
  done
}

# tree DIRECTORY: a line a file: name, kind, permissions, owners, target or digest of the contents.
tree() {
  (
    cd "$1" || exit
    find . -mindepth 1 \( -type l -printf '%P\t%y - %U %G -> %l\n' -o -printf '%P\t%y %m %U %G\n' \) |
      same_ids "$1" | while IFS=$'\t' read -r path what; do
      shown=${path/bootstrap_history\/Apptainer/bootstrap_history/Singularity}
      case $what in
        f*) printf '%s\t%s %s\n' "$shown" "$what" "$(plain "$path" | sha256sum | cut -c 1-12)" ;;
        *) printf '%s\t%s\n' "$shown" "$what" ;;
      esac
    done | LC_ALL=C sort
  )
}

# Ids of the peer's user namespace as they are inside it.
same_ids() {
  awk -F '\t' -v OFS='\t' -v mapped="$([[ $1 == peer && $options == *--fakeroot* ]] && echo 1)" '
    function id(n) { return mapped && n >= 100000 ? n - 99999 : n }
    {
      split($2, part, " ")
      rest = substr($2, length(part[1] " " part[2] " " part[3] " " part[4]) + 1)
      mode = part[2]
      if (substr(mode, length(mode) - 1, 1) ~ /[67]/ && mode != "1777")
        mode = substr(mode, 1, length(mode) - 2) (substr(mode, length(mode) - 1, 1) - 2) substr(mode, length(mode))
      if (from_nothing && $1 ~ /^(root|(var\/)?tmp)$/) mode = "-"
      print $1, part[1] " " mode " " id(part[3]) " " id(part[4]) rest
    }' from_nothing="$(grep -ci '^bootstrap: scratch' ../x.def 2>/dev/null || true)"
}

# What a file has, less the known differences.
plain() {
  case $1 in
    .singularity.d/actions/* | .singularity.d/env/01-base.sh | .singularity.d/env/9[59]-*) ;;
    .singularity.d/env/90-environment.sh | .singularity.d/runscript | .singularity.d/startscript)
      grep -vE '^(#[^!].*|#)?$|There is no runscript defined' "$1" ;;
    .singularity.d/env/94-appsbase.sh | */scif/env/01-base.sh)
      env -i sh -c '. "./$1"; env' sh "$1" | grep ^SCIF | LC_ALL=C sort ;;
    .singularity.d/Singularity) grep -v '^# before' "$1" ;;
    opt/umask) ;;
    *labels.json)
      grep -vE 'build-date|usage\.(singularity|apptainer)\.version' "$1" |
        sed 's/,$//; s/usage\.apptainer\./usage.singularity./' | LC_ALL=C sort ;;
    *) cat "$1" ;;
  esac
}

compare() { # NAME
  cd "$shared/$1"
  expect_equal "$(cat peer.status)" "$(cat kerr.status)" || { tail -n 5 peer.log kerr.log && return 1; }
  [ "$(cat kerr.status)" = 0 ] || return 0
  tree peer >peer.tree
  tree kerr >kerr.tree
  cmp -s peer.tree kerr.tree && return
  diff peer.tree kerr.tree | grep '^[<>]' || true
  diff peer.tree kerr.tree | sed -n 's/^[<>] \([^\t]*\)\tf .*/\1/p' | sort -u | head -n 8 | while read -r path; do
    [ ! -f "peer/$path" ] || [ ! -f "kerr/$path" ] || { echo "$path:"; diff <(plain "peer/$path") <(plain "kerr/$path"); }
  done
  return 1
}

define nothing <<<'BASE'
define scratch <<'END'
Bootstrap: scratch
%files
    program /bin/program
END
define help <<'END'
BASE
%help
    The help,
      indented.

END
define labels <<'END'
BASE
%labels
    Author  me
    Long value of several words
    Equals a=b
    # a comment
    Empty
    Quoted "a b"
END
define environment <<'END'
BASE
%environment
    export A=1
    export B="$A $HOME"
END
define runscript <<'END'
BASE
%runscript
    echo "runs $@"
END
define runscript-shebang <<'END'
BASE
%runscript
    #!/bin/busybox sh
    echo "runs $@"
END
define runscript-arguments <<'END'
BASE
%runscript -e
    echo runs
%startscript -u
    echo starts
%test -x
    true
END
define startscript <<'END'
BASE
%startscript
    echo starts
END
define test <<'END'
BASE
%test
    test -x /bin/busybox
END
define post <<'END'
BASE
%post
    mkdir -p /opt/x/y
    echo made >/opt/x/y/file
    chmod 4711 /opt/x/y/file
    chown 12:34 /opt/x
    ln -s y /opt/x/link
    mkdir -m 1777 /opt/open
    mkfifo /opt/fifo
    ln /opt/x/y/file /opt/hard
    umask >/opt/umask
    pwd >/opt/pwd
    id -u >/opt/id
END
define post-environment <<'END'
BASE
%post
    echo 'export FROM_POST=1' >>$SINGULARITY_ENVIRONMENT
    echo 'export FROM_POST_TOO=2' >>$APPTAINER_ENVIRONMENT
    echo "$SINGULARITY_ENVIRONMENT $APPTAINER_ENVIRONMENT" >/names
%environment
    export FROM_SECTION=3
END
define post-labels <<'END'
BASE
%post
    echo 'of.post some value' >>$SINGULARITY_LABELS
    echo 'of.post.too 2' >>$APPTAINER_LABELS
%labels
    of.section 3
END
define post-shell <<'END'
BASE
%post -c /bin/busybox sh
    echo "$0" >/name
END
define post-fails <<'END'
BASE
%post
    false
END
define test-fails <<'END'
BASE
%test
    false
END
define test-cannot-write <<'END'
BASE
%test
    ! touch /written
END
define setup <<'END'
BASE
%setup
    echo of-setup >"$SINGULARITY_ROOTFS/of-setup"
    mkdir "$APPTAINER_ROOTFS/directory"
END
define pre <<'END'
BASE
%pre
    echo of-pre >of-pre.txt
%files
    of-pre.txt /of-pre.txt
END
define files-forms <<'END'
BASE
%files
    a.txt
    a.txt /copied
    a.txt /made/deep/copied
    a.txt /directory/
    "with blank/a b" "/to a b"
    program /bin/
    b.txt relative
END
define files-globs <<'END'
BASE
%files
    *.txt /all/
    [ab].txt /set/
    {a,b}.txt /braces/
    ?.txt /one/
END
define files-trees <<'END'
BASE
%files
    tree /copied
    tree /into/
    tree/link /of-link
    tree/sub /sub
END
define files-missing <<'END'
BASE
%files
    nowhere /nowhere
END
define files-order <<'END'
BASE
%setup
    mkdir "$SINGULARITY_ROOTFS/target"
    ln -s target "$SINGULARITY_ROOTFS/link"
%files
    a.txt /link/
    b.txt /target
    tree /target
%post
    cp /target/a.txt /of-post
END
define stages <<'END'
Bootstrap: localimage
From: ../base
Stage: maker
%post
    mkdir -p /made/deep && echo made >/made/deep/file && ln -s deep/file /made/link && ln -s /made/link /to-link
    chmod 750 /made/deep && chown 5:6 /made/deep/file
BASE
%files from maker
    /made /opt/made
    /to-link /opt/file
    /made/deep/* /opt/glob/
    /made/deep/file
END
define stages-three <<'END'
Bootstrap: localimage
From: ../base
Stage: one
%post
    echo 1 >/one
Bootstrap: localimage
From: ../base
Stage: two
%files from one
    /one /one
%post
    echo 2 >/two
BASE
%files from two
    /one /opt/one
    /two /opt/two
%labels
    Of.last stage
END
define apps <<'END'
BASE
%appinstall foo
    echo installed >installed
    pwd >where
    echo "$SCIF_APPNAME $SCIF_APPROOT" >names
%appfiles foo
    a.txt bin/a
%appenv foo
    export FOO=1
%applabels foo
    Of.foo label
%apprun foo
    echo "foo runs"
%apphelp foo
    helps with foo
%apptest foo
    true
END
define apps-two <<'END'
BASE
%apprun one
    echo one
%appstart one
    echo starts
%apprun two_x
    echo two
%post
    echo of-post >/of-post
%appinstall two_x
    echo installed >installed
END
define arguments <<'END'
BASE
%arguments
    NAME=default
    OTHER=a b
%post
    echo "{{ NAME }} {{OTHER}}" >/filled
%labels
    Of.arguments {{ NAME }}
END
define repeated <<'END'
BASE
%post
    echo 1 >/one
%labels
    A 1
%post
    echo 2 >/two
%labels
    B 2
END
define comments <<'END'
# before
BASE
# behind
%post
    # a comment
    echo x >/x # another
END
define everything <<'END'
BASE
%pre
    true
%setup
    true
%files
    a.txt /a
%post
    echo x >/x
%environment
    export X=1
%runscript
    exec "$@"
%startscript
    sleep 1
%test
    true
%labels
    L 1
%help
    help
END
if [ -n "${DEBIAN:-}" ]; then
  define debootstrap <<END
Bootstrap: debootstrap
OSVersion: bookworm
MirrorURL: $DEBIAN
%post
    cat /etc/debian_version >/of-post
END
fi

prepare && build_there && build_here || exit 1
for name in "${NAMES[@]}"; do
  it "builds what the peer builds: $name" compare "$name"
done
