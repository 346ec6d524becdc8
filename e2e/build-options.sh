#!/usr/bin/env bash
# kerr build: the options that change how it builds; see build.sh for what it builds.
# shellcheck disable=SC2164 # a case ends at its first failing command
. "$(dirname "$0")/lib.sh"
EITHER=yes
. "$E2E/fixtures/common.sh"

HEADER="Bootstrap: localimage
From: $BUSYBOX"

# ---- build arguments

takes_arguments_of_files() {
  printf '%s\n%%arguments\n  A=default\n  B=default\n  C=default\n%%post\n  echo "{{ A }} {{ B }} {{ C }}" >/filled\n' "$HEADER" >x.def
  printf '# of a file\n\nA=file\nB = "two words"\n' >one.args
  printf "A=later file\n" >two.args
  "$KERR" build --build-arg-file one.args one.sif x.def
  expect_stdout 'file two words default' "$KERR" exec one.sif cat /filled
  "$KERR" build --build-arg-file one.args --build-arg-file two.args --build-arg C=given two.sif x.def
  expect_stdout 'later file two words given' "$KERR" exec two.sif cat /filled
  "$KERR" build --build-arg A=given --build-arg-file one.args three.sif x.def
  expect_stdout 'given two words default' "$KERR" exec three.sif cat /filled
}

refuses_bad_files_of_arguments() {
  echo "$HEADER" >x.def
  printf 'A=1\nnonsense\n' >bad.args
  expect_fatal 'bad.args:2:1: ' "$KERR" build --build-arg-file bad.args out.sif x.def
  expect_fatal 'nowhere.args: no such file' "$KERR" build --build-arg-file nowhere.args out.sif x.def
}

warns_about_arguments_of_no_use() {
  echo "$HEADER" >x.def
  echo 'NONE=1' >one.args
  expect_fatal 'unused build arguments: NONE' "$KERR" build --build-arg-file one.args out.sif x.def
  run "$KERR" build --warn-unused-build-args --build-arg-file one.args out.sif x.def
  expect_equal 0 "$STATUS"
  expect_contains 'WARNING: x.def: unused build arguments: NONE' "$STDERR"
}

# ---- updates

updates_a_sandbox() {
  build box --sandbox <<END
$HEADER
%post
    echo first >/first
%environment
    export FIRST=1
%labels
    First label
END
  build box --sandbox --update <<'END'
%pre
    touch pre-was-here
%setup
    touch "$SINGULARITY_ROOTFS/of-setup"
%files
    /etc/hostname /of-files
%post
    cat /first >/second
%environment
    export SECOND=2
%labels
    Second label
END
  expect_stdout first cat box/second
  [ -e box/of-setup ] && [ -e box/of-files ] && [ ! -e pre-was-here ]
  # shellcheck disable=SC2016
  expect_stdout '1 2' "$KERR" exec box sh -c 'echo $FIRST $SECOND'
  expect_stdout_contains 'First: label' "$KERR" inspect box
  expect_stdout_contains 'Second: label' "$KERR" inspect box
  build box -s -u <<<$'Bootstrap: docker\nFrom: nowhere.invalid/none\n%post\n  touch /third'
  [ -e box/third ]
}

updates_nothing_else() {
  echo "$HEADER" >x.def
  expect_fatal --sandbox "$KERR" build --update box x.def
  expect_fatal 'not a sandbox' "$KERR" build --update --sandbox box x.def
  mkdir plain
  expect_fatal 'not a sandbox' "$KERR" build --update --sandbox plain x.def
  sandbox
  expect_fatal 'no definition file' "$KERR" build --update --sandbox "$SANDBOX" "$BUSYBOX"
  printf '%%post\n  true\n' >none.def
  expect_fatal 'no Bootstrap line' "$KERR" build out.sif none.def
}

# ---- JSON

reads_json() {
  cat >x.json <<END
{
  "header": {"bootstrap": "localimage", "from": "$BUSYBOX"},
  "imageData": {
    "labels": {"Of.json": "label"},
    "imageScripts": {"runScript": {"args": "", "script": "echo runs"}, "environment": {"script": "export OF_JSON=1\n"}}
  },
  "buildData": {
    "files": [{"args": "", "files": [{"source": "a b", "destination": "/copied"}]}],
    "buildScripts": {"post": {"args": "", "script": "echo made >/made\n"}}
  },
  "customData": {"apprun foo": "echo foo runs\n"}
}
END
  echo content >'a b'
  "$KERR" build --json image.sif x.json
  expect_stdout made "$KERR" exec image.sif cat /made
  expect_stdout content "$KERR" exec image.sif cat /copied
  expect_stdout runs "$KERR" run image.sif
  expect_stdout 'foo runs' "$KERR" run --app foo image.sif
  expect_stdout_contains 'Of.json: label' "$KERR" inspect image.sif
  expect_stdout_contains 'echo made >/made' "$KERR" inspect --deffile image.sif
  "$KERR" inspect --deffile image.sif >again.def
  "$KERR" build again.sif again.def
  expect_stdout runs "$KERR" run again.sif
}

refuses_what_is_no_json() {
  echo "$HEADER" >x.def
  expect_fatal 'x.def: it is not JSON' "$KERR" build --json out.sif x.def
  printf '{\n  "header": {"bootstrap": "scratch"},\n  "nonsense": 1\n}\n' >x.json
  expect_fatal 'x.json:1:1: unknown member "nonsense"' "$KERR" build --json out.sif x.json
}

# ---- progress, for programs

tells_programs_of_its_steps() {
  printf '%s\n%%post\n  true\n' "$HEADER" >x.def
  "$KERR" --quiet build --progress=json image.sif x.def 2>said
  expect_equal "$(printf '%s\n' start end)" "$(grep '"step":"%post"' said | sed 's/^{"event":"\([a-z]*\)".*/\1/')"
  expect_contains '"ok":true}' "$(grep '"event":"end","step":"write the image"' said)"
  ! grep '^{' said | grep -vqE '^\{"event":"(start|end|kept)","step":"[^"]*","time":"[-0-9T:.]*Z".*\}$'
  printf '%s\n%%post\n  exit 3\n' "$HEADER" >y.def
  run "$KERR" build --progress=json out.sif y.def
  expect_equal 255 "$STATUS"
  expect_contains '"ok":false}' "$(grep '"event":"end","step":"%post"' <<<"$STDERR")"
  expect_fatal 'unknown --progress=bar' "$KERR" build --progress=bar out.sif x.def
}

# ---- what scripts see of the host

binds_in_post_and_test() {
  mkdir -p of-host
  echo content >of-host/file
  cat >x.def <<END
$HEADER
%setup
    mkdir "\$SINGULARITY_ROOTFS/bound"
%post
    cp /bound/file /copied
    touch /bound/of-post
%test
    cat /bound/file
END
  "$KERR" build --bind "$PWD/of-host:/bound" image.sif x.def
  expect_stdout content "$KERR" exec image.sif cat /copied
  expect_stdout '' "$KERR" exec image.sif ls /bound
  [ -e of-host/of-post ]
  rm of-host/of-post
  "$KERR" build --mount "type=bind,source=$PWD/of-host,destination=/bound" mounted.sif x.def
  [ -e of-host/of-post ]
  expect_status 255 "$KERR" build -B "$PWD/of-host:/bound:ro" read-only.sif x.def
  expect_contains 'Read-only' "$STDERR"
  expect_failure 255 'cannot bind /nowhere on /bound' "$KERR" build -B /nowhere:/bound out.sif x.def
}

takes_no_binds_of_launches() {
  echo "$HEADER" >x.def
  KERR_BIND=/nowhere expect_status 0 "$KERR" build out.sif x.def
}

asks_for_gpus() {
  printf '%s\n%%post\n  echo "[$LD_LIBRARY_PATH]" >/path\n  ls /.singularity.d/libs >/libraries\n' "$HEADER" >x.def
  "$KERR" build --nv --rocm image.sif x.def
  expect_stdout '' "$KERR" exec image.sif ls /.singularity.d/libs
  if compgen -G '/dev/nvidia[0-9]*' >/dev/null; then
    expect_stdout_contains libcuda.so "$KERR" exec image.sif cat /libraries
    expect_stdout '[/.singularity.d/libs]' "$KERR" exec image.sif cat /path
  else
    expect_stdout '[]' "$KERR" exec image.sif cat /path
  fi
}

tests_what_cannot_be_written() {
  printf '%s\n%%test\n  echo x 2>/dev/null >/written && exit 1\n  test "$(id -u)" = 0\n' "$HEADER" >x.def
  "$KERR" build image.sif x.def
  "$KERR" build --sandbox box x.def
  [ ! -e box/written ]
  printf '%s\n%%test\n  echo x >/written\n  cat /written\n' "$HEADER" >y.def
  expect_status 255 "$KERR" build out.sif y.def
  "$KERR" build --writable-tmpfs --sandbox other y.def
  [ ! -e other/written ]
}

# ---- the base

fixes_permissions_of_the_base() {
  build base --sandbox <<END
$HEADER
%post
    mkdir /closed && echo x >/closed/file && chmod 000 /closed/file && chmod 555 /closed
    printf '#!/bin/sh\n' >/program && chmod 101 /program
END
  printf 'Bootstrap: localimage\nFrom: base\n' >x.def
  "$KERR" build --sandbox plain x.def
  expect_equal '555 101' "$(stat -c %a plain/closed plain/program | xargs)"
  "$KERR" build --fix-perms --sandbox fixed x.def
  expect_equal '755 600 701' "$(stat -c %a fixed/closed fixed/closed/file fixed/program | xargs)"
  "$KERR" build --fix-perms image.sif base
  expect_stdout x "$KERR" exec image.sif cat /closed/file
}

builds_in_a_user_namespace() {
  build image.sif --userns <<END
$HEADER
%post
    cat /proc/self/uid_map >/map
    touch /file && chown 12:34 /file && stat -c '%u %g' /file >/owners
END
  local owners='0 0' # with one id, a change of owner reports success and does nothing
  if grep -q "^$(id -un):" /etc/subuid; then owners='12 34'; fi
  expect_stdout "$owners" "$KERR" exec image.sif cat /owners
  run "$KERR" exec image.sif cat /map
  [[ $STDOUT != *4294967295* ]] || e2e_unexpected 'there is no user namespace'
}

needs_leave_for_a_library_without_tls() {
  printf 'Bootstrap: library\nLibrary: http://127.0.0.1:1\nFrom: a/b/c\n' >x.def
  run "$KERR" build out.sif x.def
  expect_equal 255 "$STATUS"
  expect_contains 'without encryption' "$STDERR"
  run "$KERR" build --no-https out.sif x.def
  expect_equal 255 "$STATUS"
  expect_contains 'cannot reach 127.0.0.1:1' "$STDERR"
}

# ---- what is not there

refuses_what_it_cannot_do() {
  echo "$HEADER" >x.def
  local option
  for option in --encrypt --passphrase --pem-path=/key --remote --detached --builder=https://x --reproducible; do
    expect_fatal 'not yet available' "$KERR" build "$option" out.sif x.def
  done
}

# ---- the text of a definition

keeps_the_text_of_definitions() {
  local suite=${E2E%/*}/kerr/src/test/resources/dev/kerr/deffile/suite name
  [ -d "$suite" ] || return 0
  for name in header-scratch section-body-kept-verbatim section-repeated section-body-unicode labels-forms app-and-main \
    template-not-a-name section-body-shebang; do
    sed "s,^Bootstrap: scratch\$,Bootstrap: localimage\nFrom: $BUSYBOX," "$suite/$name.def" >"$name.def"
    "$KERR" build --section labels,environment "$name.sif" "$name.def" >said 2>&1 || { cat said && return 1; }
    "$KERR" inspect --deffile "$name.sif" >back
    [ -z "$(tail -c 1 "$name.def" | tr -d '\n')" ]
    cmp "$name.def" back || { diff "$name.def" back && return 1; }
  done
}

it 'takes build arguments of files, which the command line wins over' takes_arguments_of_files
it 'says where a file of build arguments is wrong' refuses_bad_files_of_arguments
it 'warns about build arguments of no use when told' warns_about_arguments_of_no_use
it 'runs sections over a sandbox' updates_a_sandbox
it 'updates nothing but a sandbox, by nothing but a definition' updates_nothing_else
it 'reads a definition in JSON' reads_json
it 'refuses what is no definition in JSON' refuses_what_is_no_json
it 'tells programs of its steps' tells_programs_of_its_steps
it 'binds in %post and %test' binds_in_post_and_test
it 'leaves binds of launches out' takes_no_binds_of_launches
it 'asks for GPUs in %post and %test' asks_for_gpus
it 'tests what the test cannot change' tests_what_cannot_be_written
it 'gives owners all rights in the base when told' fixes_permissions_of_the_base
it 'builds in a user namespace when told' builds_in_a_user_namespace
it 'reaches a library without TLS only when told' needs_leave_for_a_library_without_tls
it 'refuses what it cannot do' refuses_what_it_cannot_do
it 'keeps the text of a definition' keeps_the_text_of_definitions
