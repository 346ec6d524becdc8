#!/usr/bin/env bash
# What the options of a launch say of the environment and the process: files of variables, literal values, applications,
# shells, the umask; and images without a shell.
. "$(dirname "$0")/lib.sh"
EITHER=yes
. "$E2E/fixtures/common.sh"

# value NAME COMMAND…: prints what a variable is inside, or "unset".
value() {
  local name=$1
  shift
  "$@" sh -c 'eval "echo \"\${$1-unset}\""' sh "$name"
}

make_images() {
  build "$SCRATCH/apps.sif" <<END
Bootstrap: localimage
From: $BUSYBOX
%environment
    export A=image
%appenv foo
    export OF_APP=yes
%apprun foo
    echo "foo runs \$*"; exit 5
%apptest foo
    echo "foo is tested"
%appenv bar
    export OF_APP=bar
END
  sandbox
  mkdir -p "$SCRATCH/bare/bin" "$SCRATCH/bare/tmp" "$SCRATCH/bare/.singularity.d/env" "$SCRATCH/bare/etc"
  cp "$SANDBOX/bin/busybox" "$SCRATCH/bare/bin/env"
  cat >"$SCRATCH/bare/.singularity.d/env/90-environment.sh" <<'END'
#!/bin/sh
# what a simple image sets
export A=image PATH="/bin:$PATH"
: "${B:=default}"
export B
END
  cat >"$SCRATCH/bare/.singularity.d/runscript" <<'END'
#!/bin/sh
exec /bin/env RUN=1 "$@"
END
  chmod +x "$SCRATCH/bare/.singularity.d/runscript"
}

# ---- files

orders_what_is_set() {
  printf 'A=3\n' >file
  export SINGULARITYENV_A=1
  expect_equal 2 "$(value A "$KERR" exec --env A=2 --env-file file "$SCRATCH/apps.sif")"
  expect_equal 3 "$(value A "$KERR" exec --env-file file "$SCRATCH/apps.sif")"
  expect_equal 1 "$(value A "$KERR" exec "$SCRATCH/apps.sif")"
  unset SINGULARITYENV_A
  expect_equal image "$(A=9 value A "$KERR" exec "$SCRATCH/apps.sif")"
  expect_equal 9 "$(A=9 value A "$KERR" exec "$BUSYBOX")"
}

reads_files_as_a_shell_does() {
  cat >one <<'END'
# a comment: it's none
export QUOTED='$HOME "x"'
TEXT="two
lines of $MINE in $KERR_NAME"
PATH=$PATH:/mine
A=one
END
  printf 'A=two\n' >two
  export MINE=caller
  expect_equal '$HOME "x"' "$(value QUOTED "$KERR" exec --env-file one "$BUSYBOX")"
  expect_equal $'two\nlines of caller in busybox.sif' "$(value TEXT "$KERR" exec --env-file one "$BUSYBOX")"
  expect_equal /usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/mine "$(value PATH "$KERR" exec --env-file one "$BUSYBOX")"
  expect_equal two "$(value A "$KERR" exec --env-file one,two "$BUSYBOX")"
  expect_equal one "$(value A "$KERR" exec --env-file two --env-file one "$BUSYBOX")"
  expect_equal two "$(KERR_ENV_FILE=two value A "$KERR" exec "$BUSYBOX")"
  expect_equal one "$(APPTAINER_ENV_FILE=two value A "$KERR" exec --env-file one "$BUSYBOX")"
}

runs_no_file_on_the_host() {
  printf 'A=$(cat /etc/hostname 2>&1; echo made >%s/made)\n' "$SCRATCH/nowhere" >file
  "$KERR" exec --env-file file "$BUSYBOX" true 2>/dev/null
  [ ! -e "$SCRATCH/nowhere" ]
}

refuses_files_it_cannot_read() {
  expect_fatal 'cannot read environment file nowhere: no such file or directory' "$KERR" exec --env-file nowhere "$BUSYBOX" true
  mkdir dir
  expect_fatal 'cannot read environment file dir' "$KERR" exec --env-file dir "$BUSYBOX" true
  printf 'A="open\n' >open
  expect_failure 255 'environment file open' "$KERR" exec --env-file open "$BUSYBOX" true
}

leaves_home_alone() {
  printf 'UID=5\nexport HOME=/x\nA=1\n' >file
  run "$KERR" exec --env-file file "$BUSYBOX" sh -c 'echo $HOME $A; env | grep -i _kerr_'
  expect_equal "$HOME 1" "$STDOUT"
  expect_contains 'WARNING: variable UID' "$STDERR"
  expect_contains 'WARNING: variable HOME' "$STDERR"
}

# ---- the caller's variables

keeps_bytes_that_are_no_text() {
  KERRENV_A=$'\xff\x01$HOME\n' "$KERR" exec "$BUSYBOX" sh -c 'printf %s "$A"' >got
  printf '\xff\x01%s\n' "$HOME" >wanted
  cmp wanted got
  "$KERR" exec --env $'A=\xfe' "$BUSYBOX" sh -c 'printf %s "$A"' | od -An -tx1 >got
  expect_equal ' fe' "$(cat got)"
  printf 'A=\xfd\n' >file
  "$KERR" exec --env-file file "$BUSYBOX" sh -c 'printf %s "$A"' | od -An -tx1 >got
  expect_equal ' fd' "$(cat got)"
}

leaves_named_variables_outside() {
  export FOO_A=1 FOO_B=2 BAR=3
  expect_stdout 'unset unset 3' "$KERR" exec --no-env 'FOO_*' "$BUSYBOX" sh -c 'echo ${FOO_A-unset} ${FOO_B-unset} $BAR'
  expect_stdout 'unset 2 unset' "$KERR" exec --no-env FOO_A,BAR "$BUSYBOX" sh -c 'echo ${FOO_A-unset} $FOO_B ${BAR-unset}'
  expect_stdout 'unset unset' env APPTAINER_NOENV='*' "$KERR" exec "$BUSYBOX" sh -c 'echo ${FOO_A-unset} ${BAR-unset}'
  expect_fatal '--no-env A=1' "$KERR" exec --no-env A=1 "$BUSYBOX" true
}

takes_values_literally() {
  expect_stdout '$HOME `id` 1 1' "$KERR" exec --no-eval --env 'A=$HOME `id`' "$BUSYBOX" \
    sh -c 'echo "$A" $SINGULARITY_NO_EVAL $KERR_NO_EVAL'
  expect_stdout '$HOME' env SINGULARITY_NO_EVAL=1 APPTAINERENV_A='$HOME' "$KERR" exec "$BUSYBOX" sh -c 'echo "$A"'
}

adds_to_paths() {
  local default=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
  expect_equal "/a:$default:/b" "$(value PATH "$KERR" exec --env PREPEND_PATH=/a,APPEND_PATH=/b "$BUSYBOX")"
  expect_equal "/only:/bin" "$(APPTAINERENV_PATH=/only:/bin value PATH "$KERR" exec "$BUSYBOX")"
  expect_equal /l:/.singularity.d/libs "$(SINGULARITYENV_LD_LIBRARY_PATH=/l value LD_LIBRARY_PATH "$KERR" exec "$BUSYBOX")"
  expect_equal /f:/.singularity.d/libs:/l \
    "$(KERRENV_PREPEND_LD_LIBRARY_PATH=/f value LD_LIBRARY_PATH "$KERR" exec --env APPEND_LD_LIBRARY_PATH=/l "$BUSYBOX")"
}

sets_the_prompt() {
  expect_contains '> ' "$(PS1='host$ ' value PS1 "$KERR" exec "$BUSYBOX")"
  expect_contains 'unset PROMPT_COMMAND' "$(value PROMPT_COMMAND "$KERR" exec "$BUSYBOX")"
}

# ---- the process

sets_the_umask() {
  umask 0000
  expect_stdout 0000 "$KERR" exec "$BUSYBOX" sh -c umask
  expect_stdout 0022 "$KERR" exec --no-umask "$BUSYBOX" sh -c umask
  umask 0077
  expect_stdout 0022 env SINGULARITY_NO_UMASK=1 "$KERR" exec "$BUSYBOX" sh -c umask
}

starts_applications() {
  run "$KERR" run --app foo "$SCRATCH/apps.sif" a b
  expect_equal '5 foo runs a b' "$STATUS $STDOUT"
  expect_stdout 'foo is tested' "$KERR" test --app foo "$SCRATCH/apps.sif"
  expect_stdout 'yes foo /scif/apps/foo foo foo foo' env APPTAINER_APPNAME=foo "$KERR" exec "$SCRATCH/apps.sif" \
    sh -c 'echo $OF_APP $SCIF_APPNAME $SCIF_APPROOT $SINGULARITY_APPNAME $APPTAINER_APPNAME $KERR_APPNAME'
  expect_status 0 "$KERR" exec --app foo "$SCRATCH/apps.sif" \
    sh -c 'test -d $SCIF_APPROOT && test -d $SCIF_APPDATA/input && test -d $SCIF_APPDATA/output'
  expect_stdout bar "$KERR" shell --app bar "$SCRATCH/apps.sif" -c 'echo $OF_APP'
  expect_failure 1 'no runscript for contained app: bar' "$KERR" run --app bar "$SCRATCH/apps.sif"
}

names_applications_that_are_missing() {
  local command
  for command in run test shell 'exec'; do
    expect_failure 1 'container application: nope (hint: there is bar foo)' "$KERR" "$command" --app nope "$SCRATCH/apps.sif" true
  done
  expect_failure 1 'container application: foo/scif' "$KERR" run --app foo/scif "$SCRATCH/apps.sif"
}

starts_another_shell() {
  expect_stdout '/bin/busybox x' "$KERR" shell --shell /bin/busybox "$BUSYBOX" sh -c 'echo $KERR_SHELL x'
  expect_stdout 'ash y' env SINGULARITY_SHELL=ash "$KERR" shell "$BUSYBOX" -c 'echo $SHELL y'
  expect_fatal '"/bin/nope": no such file in the container' "$KERR" shell -s /bin/nope "$BUSYBOX"
}

refuses_a_time_limit() { expect_failure 255 runscript-timeout "$KERR" run --runscript-timeout 1m "$BUSYBOX"; }

# ---- images without a shell

runs_without_a_shell() {
  export A=caller B=caller C=caller
  run "$KERR" exec --env D='$A too' "$SCRATCH/bare" env E=arg
  for line in A=image B=default C=caller 'D=image too' E=arg "KERR_NAME=bare" "HOME=$HOME"; do
    grep -qxF "$line" <<<"$STDOUT" || e2e_show "expected $line"
  done
  expect_equal 0 "$STATUS"
  expect_contains RUN=1 "$("$KERR" run "$SCRATCH/bare" E=2)"
  expect_contains E=2 "$("$KERR" run "$SCRATCH/bare" E=2)"
  expect_failure 255 'executable file not found' "$KERR" exec "$SCRATCH/bare" nothing
}

says_what_needs_a_shell() {
  cp -R "$SCRATCH/bare" complicated
  printf '#!/bin/sh\nA=1\nif true; then B=1; fi\n' >complicated/.singularity.d/env/91-environment.sh
  expect_fatal "/.singularity.d/env/91-environment.sh:3: 'if' needs a shell" "$KERR" exec complicated env
  expect_fatal "/bin/sh doesn't exist in container" "$KERR" shell "$SCRATCH/bare"
}

make_images
it 'orders options, files, variables, the image and the caller' orders_what_is_set
it 'reads files as a shell does' reads_files_as_a_shell_does
it 'runs no file on the host' runs_no_file_on_the_host
it 'refuses files it cannot read or evaluate' refuses_files_it_cannot_read
it 'lets no file set HOME' leaves_home_alone
it 'keeps bytes that are no text' keeps_bytes_that_are_no_text
it 'leaves named variables outside' leaves_named_variables_outside
it 'takes values literally with --no-eval' takes_values_literally
it 'adds to PATH and LD_LIBRARY_PATH at either end' adds_to_paths
it 'sets the prompt' sets_the_prompt
it 'keeps the umask, or sets the usual one' sets_the_umask
it 'starts applications' starts_applications
it 'names applications that are missing' names_applications_that_are_missing
it 'starts another shell' starts_another_shell
it 'refuses a time limit by name' refuses_a_time_limit
it 'runs images without a shell' runs_without_a_shell
it 'says which script needs a shell' says_what_needs_a_shell
