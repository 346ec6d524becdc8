#!/usr/bin/env bash
# kerr build: from a definition file, an image or a directory, to a SIF or a sandbox.
# shellcheck disable=SC2164 # a case ends at its first failing command
. "$(dirname "$0")/lib.sh"
. "$E2E/fixtures/common.sh"

HEADER="Bootstrap: localimage
From: $BUSYBOX"

# ---- from and to

makes_an_executable_image_under_the_umask() {
  umask 027
  convert image.sif "$BUSYBOX"
  expect_equal 750 "$(stat -c %a image.sif)"
  expect_equal '#!/usr/bin/env run-singularity' "$(head -n 1 image.sif)"
}

builds_from_nothing() {
  [ -x /bin/busybox ] || { sandbox && BUSYBOX_PROGRAM=$SANDBOX/bin/busybox; }
  build image.sif <<END
Bootstrap: scratch
%setup
    mkdir "\$SINGULARITY_ROOTFS/bin"
    ln -s busybox "\$APPTAINER_ROOTFS/bin/sh"
%files
    ${BUSYBOX_PROGRAM-/bin/busybox} /bin/busybox
%runscript
    /bin/busybox echo from nothing
END
  expect_stdout 'from nothing' "$KERR" run image.sif
}

builds_the_examples() {
  command -v busybox >/dev/null || return 0
  cp "$EXAMPLES"/*.def .
  "$KERR" build scratch.sif scratch.def
  "$KERR" build layered.sif layered.def
  expect_stdout_contains 'Hello, world' "$KERR" run layered.sif
}

replaces_a_target_only_when_told() {
  convert image.sif "$BUSYBOX"
  sha256sum image.sif >sum
  expect_fatal 'image.sif' "$KERR" build image.sif "$BUSYBOX"
  sha256sum --quiet -c sum
  convert image.sif "$IMAGES/apps.sif" --force
  expect_stdout 'run: ' "$KERR" run image.sif
}

never_replaces_a_directory_that_it_did_not_make() {
  mkdir precious
  echo data >precious/file
  expect_status 255 "$KERR" build --force --sandbox precious "$BUSYBOX"
  expect_status 255 "$KERR" build --force precious "$BUSYBOX"
  expect_equal data "$(cat precious/file)"
}

builds_beside_running_containers() {
  convert image.sif "$BUSYBOX"
  mkfifo ready go
  "$KERR" exec image.sif sh -c 'echo up >ready; read -r _ <go; /bin/busybox echo still here' >said &
  read -r _ <ready
  convert image.sif "$IMAGES/apps.sif" --force
  echo >go
  wait $!
  expect_equal 'still here' "$(cat said)"
}

# ---- sections

runs_the_sections_in_order() {
  build image.sif <<END
$HEADER
%pre
    echo pre >>"$PWD/order"
%setup
    echo setup >>"$PWD/order"
    echo "\$PWD" >"\$SINGULARITY_ROOTFS/setup-was-here"
%files
    $PWD/order /order
%post
    echo post >>/order
    test -e /setup-was-here
    test "\$(pwd)" = /
    test "\$(id -u)" = 0
%test
    echo test >&2
    grep -q post /order
END
  expect_stdout $'pre\nsetup\npost' "$KERR" exec image.sif cat /order
}

# shellcheck disable=SC2016
carries_what_post_writes() {
  build image.sif <<END
$HEADER
%post
    echo 'export FROM_POST=1' >>\$SINGULARITY_ENVIRONMENT
    echo 'export FROM_POST_TOO=2' >>\$APPTAINER_ENVIRONMENT
    echo 'my.label some value' >>\$SINGULARITY_LABELS
%environment
    export FROM_SECTION=3
%labels
    Other.Label with several words
END
  expect_stdout '1 2 3' "$KERR" exec image.sif sh -c 'echo $FROM_POST $FROM_POST_TOO $FROM_SECTION'
  expect_stdout_contains 'my.label: some value' "$KERR" inspect --labels image.sif
  expect_stdout_contains 'Other.Label: with several words' "$KERR" inspect image.sif
}

keeps_the_environment_section_out_of_post() {
  build image.sif <<END
$HEADER
%environment
    export SECRET_OF_SECTION=1
%post
    test -z "\${SECRET_OF_SECTION-}"
    test -z "\${CALLERS_VARIABLE-}"
    test "\$HOME" = /root
END
}

runs_post_in_another_shell() {
  build image.sif <<END
$HEADER
%post -c /bin/busybox sh
    tr '\\0' ' ' </proc/\$\$/cmdline >/interpreter
END
  expect_stdout_contains busybox "$KERR" exec image.sif cat /interpreter
}

# section_fails DEFINITION [OPTION]: the build ends with 255, an explanation, no image and nothing else.
section_fails() {
  echo "$1" >bad.def
  expect_no_leftovers run "$KERR" build "${@:2}" out bad.def
  expect_equal 255 "$STATUS"
  expect_equal 1 "$(grep -c ^FATAL: <<<"$STDERR")"
  expect_equal bad.def "$(ls -A)"
}

stops_at_a_failing_line_of_post() {
  section_fails "$HEADER
%post
    false
    touch /not-reached"
  expect_contains '%post' "$STDERR"
  section_fails "$HEADER
%post
    exit 7" --sandbox
  expect_contains 7 "$STDERR"
}

stops_at_a_failing_setup_or_test() {
  section_fails "$HEADER
%setup
    false"
  section_fails "$HEADER
%pre
    false"
  section_fails "$HEADER
%test
    false"
  section_fails "$HEADER
%files
    /no/such/file"
}

skips_tests_when_told() {
  build image.sif --notest <<END
$HEADER
%test
    false
END
  expect_status 1 "$KERR" test image.sif
}

runs_only_the_sections_named() {
  build image.sif --section post <<END
$HEADER
%setup
    false
%files
    /no/such/file
%post
    touch /post
%test
    false
END
  expect_status 0 "$KERR" exec image.sif test -e /post
}

keeps_the_temporary_directory_when_told() {
  mkdir temporary
  build image.sif --no-cleanup --tmpdir "$PWD/temporary" <<<"$HEADER"
  [ -n "$(ls temporary)" ]
  build image2.sif --tmpdir "$PWD/temporary" <<<"$HEADER"
  expect_equal 1 "$(find temporary -mindepth 1 -maxdepth 1 | wc -l)"
}

# ---- files

copies_files_of_the_host() {
  mkdir -p tree/sub
  echo content >tree/file
  ln -s file tree/link
  echo spaces >'a b'
  echo glob1 >g1.txt
  echo glob2 >g2.txt
  mkdir closed
  printf '#!/bin/sh\necho ran\n' >program
  chmod 755 program
  build image.sif <<END
$HEADER
%files
    tree /copied
    "a b" "/spaced out"
    g*.txt /globbed/
    $PWD/program /bin/
    $PWD/tree/link /of-link
    # a comment
END
  expect_stdout 'content' "$KERR" exec image.sif cat /copied/file
  expect_status 1 "$KERR" exec image.sif test -L /copied/link
  expect_stdout content "$KERR" exec image.sif cat /copied/link
  expect_status 1 "$KERR" exec image.sif test -L /of-link
  expect_stdout spaces "$KERR" exec image.sif cat '/spaced out'
  expect_stdout 'glob1 glob2' "$KERR" exec image.sif sh -c 'echo $(cat /globbed/*)'
  expect_stdout ran "$KERR" exec image.sif program
}

copies_files_of_an_earlier_stage() {
  build image.sif <<END
Bootstrap: localimage
From: $BUSYBOX
Stage: maker
%post
    mkdir -p /made/deep && echo made >/made/deep/file && ln -s deep/file /made/link && ln -s /made/link /to-link

$HEADER
%files from maker
    /made /opt/made
    /to-link /opt/file
%post
    test ! -e /made
END
  expect_stdout made "$KERR" exec image.sif cat /opt/made/deep/file
  expect_stdout deep/file "$KERR" exec image.sif readlink /opt/made/link
  expect_stdout made "$KERR" exec image.sif cat /opt/file
  "$KERR" inspect --deffile image.sif >again.def
  expect_equal 2 "$(grep -c ^Bootstrap: again.def)"
}

keeps_owners_of_files_of_a_stage() {
  build image.sif <<END
Bootstrap: localimage
From: $BUSYBOX
Stage: maker
%post
    mkdir /made && touch /made/file && chown 12:34 /made /made/file && chmod 750 /made

$HEADER
%files from maker
    /made /opt/made
    /made/file /opt/file
%post
    stat -c '%u %g %a' /opt/made /opt/made/file /opt/file >/owners
END
  expect_equal "12 34 750 12 34 644 12 34 644" "$("$KERR" exec image.sif cat /owners | xargs)"
}

# What only another id may enter, root of the build enters.
copies_out_of_and_into_closed_directories() {
  echo text >box.def
  build image.sif <<END
Bootstrap: localimage
From: $BUSYBOX
Stage: maker
%post
    mkdir -p /closed/deep/tree && cd /closed/deep
    echo one >one.txt && echo two >two.txt && ln one.txt tree/one && ln one.txt tree/same && ln -s ../two.txt tree/way
    ln -s /closed/deep /way
    chown -R 33:33 /closed && chmod 700 /closed /closed/deep && chmod 600 two.txt

$HEADER
%files from maker
    /closed/deep/*.txt /opt/
    /way/tree /opt/tree
    /closed /all
%files
    $PWD/box.def /all/deep/
    $PWD/box.def /all/deep/other.def
%post
    cat /opt/one.txt /opt/two.txt /all/deep/tree/way >/seen
    stat -c '%u:%g:%a:%h' /opt/two.txt /opt/tree/one /opt/tree/same /all /all/deep /all/deep/two.txt >>/seen
    readlink /opt/tree/way >>/seen
    ls /all/deep >>/seen
END
  expect_equal "one two two 33:33:600:1 33:33:644:2 33:33:644:2 33:33:700:3 33:33:700:3 33:33:600:1 ../two.txt \
box.def one.txt other.def tree two.txt" "$("$KERR" exec image.sif cat /seen | xargs)"
  echo "$HEADER
Stage: maker
%post
    mkdir -p /closed && chown 33 /closed && chmod 700 /closed

$HEADER
%files from maker
    /closed/nothing /x" >bad.def
  expect_failure 255 'bad.def:10:5: %files: no such file: /closed/nothing' "$KERR" build out.sif bad.def
}

# What a link in the image calls / is the image's, never the host's.
copies_into_the_image_only() {
  mkdir out
  build image.sif <<END
$HEADER
%setup
    ln -s "$PWD/out" "\$SINGULARITY_ROOTFS/escape"
    ln -s ../../../../../../../../../../../.."$PWD/out" "\$SINGULARITY_ROOTFS/climb"
%files
    $BUSYBOX /escape/file
    $BUSYBOX /climb/file
%post
    true
END
  expect_equal '' "$(ls out)"
}

keeps_owners_modes_and_times() {
  build image.sif <<END
$HEADER
%post
    touch /file && chown 12:34 /file && chmod 4751 /file && touch -t 200102030405 /file
    mkdir /dir && chown 56 /dir && chmod 1777 /dir
END
  if is_root || grep -q "^$(id -un):" /etc/subuid; then
    expect_stdout '4751 12 34' "$KERR" exec --fakeroot --writable-tmpfs image.sif stat -c '%a %u %g' /file ||
      expect_stdout_contains '4751' "$KERR" exec image.sif stat -c '%a %u %g' /file
  fi
  expect_stdout 1777 "$KERR" exec image.sif stat -c %a /dir
  expect_stdout_contains 2001-02-03 "$KERR" exec image.sif stat -c %y /file
}

keeps_the_callers_umask_out_of_the_image() {
  umask 077
  build image.sif <<END
$HEADER
%setup
    mkdir "\$SINGULARITY_ROOTFS/of-setup"
%post
    touch /of-post
END
  expect_stdout '755 644' "$KERR" exec image.sif sh -c 'echo $(stat -c %a /of-setup /of-post)'
}

# ---- build arguments

fills_in_build_arguments() {
  cat >args.def <<END
$HEADER
%arguments
    NAME=default
    OTHER=kept
%post
    echo "{{ NAME }} {{OTHER}}" >/filled
END
  "$KERR" build one.sif args.def
  expect_stdout 'default kept' "$KERR" exec one.sif cat /filled
  "$KERR" build --build-arg NAME=given two.sif args.def
  expect_stdout 'given kept' "$KERR" exec two.sif cat /filled
  expect_stdout_contains 'given kept' "$KERR" inspect --deffile two.sif
  expect_fatal UNUSED "$KERR" build --build-arg UNUSED=1 three.sif args.def
  printf '%s\n%%post\n  echo {{ UNDEFINED }}\n' "$HEADER" >undefined.def
  expect_fatal UNDEFINED "$KERR" build four.sif undefined.def
}

# ---- what is in the image

carries_on_from_an_older_image() {
  convert first.sif "$IMAGES/apps.sif"
  build second.sif <<END
Bootstrap: localimage
From: first.sif
%labels
    Second label
%environment
    export SECOND=2
END
  expect_status 0 "$KERR" exec second.sif sh -c 'ls /.singularity.d/bootstrap_history/*0'
  expect_stdout 'run: x' "$KERR" run second.sif x
  expect_stdout 'hello world 2' "$KERR" exec second.sif sh -c 'echo $GREETING $SECOND'
  expect_stdout_contains 'Author: kerr' "$KERR" inspect second.sif
  expect_stdout_contains 'Second: label' "$KERR" inspect second.sif
}

writes_what_other_runtimes_need() {
  local name
  build box --sandbox <<END
$HEADER
%help
    The help.
%startscript
    echo started
END
  for name in actions/exec actions/run actions/shell actions/start actions/test env/01-base.sh env/90-environment.sh \
    env/95-apps.sh env/99-base.sh env/99-runtimevars.sh runscript startscript labels.json Singularity libs runscript.help; do
    [ -e "box/.singularity.d/$name" ] || e2e_unexpected "there is no $name"
  done
  for name in singularity .run .exec .test .shell environment; do
    [ -L "box/$name" ] || e2e_unexpected "$name is no link"
  done
  for name in dev proc sys tmp var/tmp root home etc; do
    [ -d "box/$name" ] || e2e_unexpected "there is no directory $name"
  done
  expect_stdout started sh box/.singularity.d/startscript
}

makes_scif_applications() {
  build image.sif <<END
$HEADER
%appinstall foo
    echo installed >installed
    test "\$(pwd)" = /scif/apps/foo
%apprun foo
    echo "foo runs"
%applabels foo
    of.foo label
%apphelp foo
    helps with foo
END
  expect_stdout installed "$KERR" exec image.sif cat /scif/apps/foo/installed
  expect_status 0 "$KERR" exec image.sif test -d /scif/data/foo/input -a -d /scif/data/foo/output
  expect_stdout foo "$KERR" inspect --list-apps image.sif
  expect_stdout_contains 'of.foo: label' "$KERR" inspect --app foo image.sif
}

is_reproducible() {
  export SOURCE_DATE_EPOCH=1000000000
  build one.sif <<<"$HEADER"
  sleep 1
  build two.sif <<<"$HEADER"
  cmp one.sif two.sif
}

# ---- the way it works

leaves_nothing_behind() {
  expect_no_leftovers convert image.sif "$BUSYBOX"
  expect_no_leftovers convert box "$BUSYBOX" --sandbox
  expect_equal $'box\nimage.sif' "$(ls -A)"
}

# killed_build SIGNAL SECONDS: the signal goes to a build in its %post. (A job of its own: what a script starts in the
# background ignores INT.)
killed_build() {
  printf '%s\n%%post\n    sleep 61 & sleep 61\n' "$HEADER" >slow.def
  bash -c 'set -m; "$0" build out.sif slow.def >said 2>&1 & sleep "$2"; kill "-$1" $!; wait $!' "$KERR" "$1" "$2" 2>/dev/null || true
  [ ! -e out.sif ]
}

no_sleepers() { [ -z "$(for d in /proc/[0-9]*; do [ -O "$d" ] && tr '\0' ' ' 2>/dev/null <"$d/cmdline" | grep -x 'sleep 61 '; done)" ]; }

cleans_up_when_told_to_end() {
  expect_no_leftovers killed_build TERM 1
  eventually no_sleepers
  expect_no_leftovers killed_build INT 1
  eventually no_sleepers
}

leaves_no_processes_when_killed() {
  mkdir temporary
  export KERR_TMPDIR=$PWD/temporary
  killed_build KILL 1.2
  eventually no_sleepers
  eventually no_own_processes
  convert image.sif "$BUSYBOX"
  expect_equal '' "$(ls -A temporary)"
}

no_own_processes() { [ -z "$(processes)" ]; }

says_where_the_definition_is_wrong() {
  printf 'Bootstrap: nonsense\nFrom: x\n' >bad.def
  expect_fatal nonsense "$KERR" build out.sif bad.def
  printf '%s\n%%nonsense\n  x\n' "$HEADER" >bad.def
  expect_fatal nonsense "$KERR" build out.sif bad.def
  printf '%s\nNonsense: x\n' "$HEADER" >bad.def
  expect_fatal -i "$KERR" build out.sif bad.def 2>/dev/null || expect_contains nonsense "$(tr N n <<<"$STDERR")"
  [ ! -e out.sif ]
}

writes_messages_to_standard_error() {
  printf '%s\n%%post\n    echo of-post\n' "$HEADER" >x.def
  run "$KERR" build out.sif x.def
  expect_equal 0 "$STATUS"
  expect_equal '' "$STDOUT"
  expect_contains of-post "$STDERR"
  expect_contains 'INFO:    Build complete: out.sif' "$STDERR"
  run "$KERR" --quiet build --force out.sif "$BUSYBOX"
  expect_equal '0 ' "$STATUS $STDERR"
}

it 'makes an executable image, under the umask' makes_an_executable_image_under_the_umask
it 'builds from nothing' builds_from_nothing
if command -v busybox >/dev/null; then
  it 'builds the examples' builds_the_examples
else
  skip 'builds the examples' 'there is no busybox on this host (Debian: busybox-static)'
fi
it 'replaces a target only when told' replaces_a_target_only_when_told
it 'never replaces a directory that it did not make' never_replaces_a_directory_that_it_did_not_make
it 'replaces an image that is in use' builds_beside_running_containers
it 'runs the sections in order' runs_the_sections_in_order
it 'carries what %post writes' carries_what_post_writes
it "keeps %environment and the caller's variables out of %post" keeps_the_environment_section_out_of_post
it 'runs %post in another shell' runs_post_in_another_shell
it 'stops at a failing line of %post' stops_at_a_failing_line_of_post
it 'stops at a failing %pre, %setup, %files or %test' stops_at_a_failing_setup_or_test
it 'skips %test when told' skips_tests_when_told
it 'runs only the sections named' runs_only_the_sections_named
it 'keeps the temporary directory when told' keeps_the_temporary_directory_when_told
it 'copies files of the host' copies_files_of_the_host
it 'copies files of an earlier stage' copies_files_of_an_earlier_stage
it 'keeps owners of files of an earlier stage' keeps_owners_of_files_of_a_stage
if is_root || grep -q "^$(id -un):" /etc/subuid 2>/dev/null; then
  it 'copies out of and into directories of other ids' copies_out_of_and_into_closed_directories
else
  skip 'copies out of and into directories of other ids' "there is no range for $(id -un) in /etc/subuid"
fi
it 'copies into the image only' copies_into_the_image_only
it 'keeps owners, modes and times' keeps_owners_modes_and_times
it "keeps the caller's umask out of the image" keeps_the_callers_umask_out_of_the_image
it 'fills in build arguments' fills_in_build_arguments
it 'carries on from an older image' carries_on_from_an_older_image
it 'writes what other runtimes need' writes_what_other_runtimes_need
it 'makes SCIF applications' makes_scif_applications
it 'is reproducible with SOURCE_DATE_EPOCH' is_reproducible
it 'leaves nothing behind' leaves_nothing_behind
it 'cleans up when told to end' cleans_up_when_told_to_end
it 'leaves no processes when killed, and the next build cleans up' leaves_no_processes_when_killed
it 'says what is wrong in a definition' says_where_the_definition_is_wrong
it 'writes its messages to standard error' writes_messages_to_standard_error
