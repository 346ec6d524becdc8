#!/usr/bin/env bash
# kerr run: the runscript, as a command or by the image's own name; and the kinds of image there are.
. "$(dirname "$0")/lib.sh"
. "$E2E/fixtures/common.sh"

make_image() {
  build "$SCRATCH/run.sif" <<END
Bootstrap: localimage
From: $BUSYBOX

%environment
    export GREETING=hello

%runscript
    echo "\$GREETING"
    for word do echo "<\$word>"; done
    [ "\${1-}" != fail ] || exit 42
END
}

runs_the_runscript() {
  expect_stdout $'hello\n<a b>\n<>\n<--x>\n<*>' "$KERR" run "$SCRATCH/run.sif" 'a b' '' --x '*'
  expect_status 42 "$KERR" run "$SCRATCH/run.sif" fail
}

runs_an_image_by_its_name() {
  PATH=$(dirname "$KERR"):$PATH
  cp "$SCRATCH/run.sif" 'my image.sif'
  expect_stdout $'hello\n<a b>\n<--x>' './my image.sif' 'a b' --x
  expect_status 42 './my image.sif' fail
}

keeps_the_process_of_an_image_run_by_its_name() {
  PATH=$(dirname "$KERR"):$PATH
  build pid.sif <<END
Bootstrap: localimage
From: $BUSYBOX
%runscript
    echo \$\$
END
  run bash -c './pid.sif & wait $!; echo $!'
  expect_equal "$(head -n 1 <<<"$STDOUT")" "$(tail -n 1 <<<"$STDOUT")"
}

says_that_there_is_no_runscript() {
  expect_stdout_contains 'no runscript defined' "$KERR" run "$BUSYBOX"
}

# shellcheck disable=SC2016
keeps_the_runscripts_own_interpreter() {
  build interpreter.sif <<END
Bootstrap: localimage
From: $BUSYBOX
%runscript
#!/bin/busybox sh
    tr '\\0' ' ' </proc/\$\$/cmdline
%test
#!/bin/busybox sh
    tr '\\0' ' ' </proc/\$\$/cmdline
END
  expect_stdout_contains /bin/busybox "$KERR" run interpreter.sif
  expect_stdout_contains /bin/busybox "$KERR" test interpreter.sif
}

# ---- kinds of image

runs_what_apptainer_built() {
  expect_stdout 'run: x y' "$KERR" run "$IMAGES/apps.sif" x y
  expect_stdout 'run: ' "$KERR" run "$IMAGES/signed.sif"
  expect_stdout 'hello world' "$KERR" exec "$IMAGES/apps.sif" sh -c 'echo $GREETING'
}

says_that_an_image_is_encrypted() {
  expect_fatal encrypted "$KERR" exec "$IMAGES/gocryptfs.sif" true
}

runs_a_bare_squashfs() {
  sandbox
  mksquashfs "$SANDBOX" image.sqsh -quiet -no-progress >/dev/null 2>&1
  expect_stdout 1 "$KERR" exec image.sqsh sh -c 'echo 1'
  { echo '#!/usr/bin/env run-singularity'; cat image.sqsh; } >launchable.img
  expect_stdout 2 "$KERR" exec launchable.img sh -c 'echo 2'
}

runs_every_compression() {
  local kind
  sandbox
  for kind in gzip zstd lz4 xz lzo; do
    mksquashfs "$SANDBOX" "$kind.sqsh" -comp "$kind" -quiet -no-progress >/dev/null 2>&1 || continue
    run "$KERR" exec "$kind.sqsh" echo "$kind"
    # the planner may not know a kind, or the host's server may not; it then says so, and of which image
    [ "$STATUS $STDOUT" = "0 $kind" ] || [[ "$STATUS $STDERR" == "255 FATAL: "*"$kind"* ]] || e2e_show "a $kind image"
  done
  expect_status 0 "$KERR" exec zstd.sqsh true
}

runs_a_sandbox() {
  sandbox
  expect_stdout 3 "$KERR" exec "$SANDBOX" sh -c 'echo 3'
  expect_stdout 3 "$KERR" exec "$SANDBOX/" sh -c 'echo 3'
}

starts_a_shell_where_there_is_no_runscript() {
  sandbox
  cp -R "$SANDBOX" bare
  rm -r bare/.singularity.d bare/singularity bare/environment
  expect_stdout 'in a shell' "$KERR" run bare -c 'echo in a shell'
  expect_contains INFO: "$STDERR"
}

takes_any_path_of_an_image() {
  sandbox
  local name
  mkdir -p dir
  for name in 'with space' 'comma,comma' 'colon:colon' $'new\nline' 'equals=' 'ünïcödé ☃' "quote'\"" 'back\slash' '$HOME' '%s' '-dash' '*'; do
    ln -f "$BUSYBOX" "dir/$name.sif" 2>/dev/null || cp "$BUSYBOX" "dir/$name.sif"
    expect_stdout ok "$KERR" exec "dir/$name.sif" echo ok
    expect_equal '' "$STDERR"
    (cd dir && expect_stdout ok "$KERR" exec "./$name.sif" echo ok)
    expect_stdout "$name.sif" "$KERR" exec "dir/$name.sif" sh -c 'echo "$KERR_NAME"'
  done
  cp -R "$SANDBOX" 'dir/a:b,c=d \e'
  expect_stdout ok "$KERR" exec 'dir/a:b,c=d \e' echo ok
}

takes_a_path_that_is_no_unicode() {
  local name=$'\xff\xfe.sif'
  cp "$BUSYBOX" "$name"
  run "$KERR" exec "$name" echo ok
  case "$STATUS $STDOUT" in
    '0 ok') ;;
    *) expect_fatal '' "$KERR" exec "$name" echo ok ;;
  esac
}

follows_symbolic_links_to_an_image() {
  sandbox
  ln -s "$BUSYBOX" link.sif
  ln -s link.sif link2
  expect_stdout ok "$KERR" exec link2 echo ok
  ln -s "$SANDBOX" dirlink
  expect_stdout ok "$KERR" exec dirlink echo ok
}

takes_a_path_as_the_kernel_does() {
  mkdir -p deep/er
  ln -s deep/er link
  cp "$BUSYBOX" deep/image.sif
  cp "$IMAGES/apps.sif" image.sif
  expect_status 1 "$KERR" exec link/../image.sif test -e /greeting
}

takes_an_image_by_descriptor() {
  expect_stdout ok "$KERR" exec /proc/self/fd/9 echo ok 9<"$BUSYBOX" || expect_fatal /proc/self/fd/9 "$KERR" exec /proc/self/fd/9 echo ok 9<"$BUSYBOX"
}

make_image
it 'runs the runscript with its arguments' runs_the_runscript
it 'runs an image by its own name' runs_an_image_by_its_name
it 'keeps the process of an image run by its name' keeps_the_process_of_an_image_run_by_its_name
it 'says that there is no runscript' says_that_there_is_no_runscript
it "keeps the runscript's own interpreter" keeps_the_runscripts_own_interpreter
it 'runs what Apptainer built' runs_what_apptainer_built
it 'says that an image is encrypted' says_that_an_image_is_encrypted
it 'runs a bare SquashFS, with and without a launch line' runs_a_bare_squashfs
it 'runs every compression or says which it cannot' runs_every_compression
it 'runs a sandbox' runs_a_sandbox
it 'starts a shell where there is no runscript' starts_a_shell_where_there_is_no_runscript
it 'takes any path of an image' takes_any_path_of_an_image
it 'takes a path that is no Unicode, or says so' takes_a_path_that_is_no_unicode
it 'follows symbolic links to an image' follows_symbolic_links_to_an_image
it 'takes a path as the kernel does' takes_a_path_as_the_kernel_does
it 'takes an image by descriptor, or says so' takes_an_image_by_descriptor
