#!/usr/bin/env bash
# The payload's environment: the caller's, under what the image sets, under what the user asks for; and nothing that the
# caller's environment holds may disturb the launch itself.
. "$(dirname "$0")/lib.sh"
EITHER=yes
. "$E2E/fixtures/common.sh"

inside() { "$KERR" exec "$BUSYBOX" "$@"; }

# value NAME COMMAND…: prints what a variable is inside, or "unset".
value() {
  local name=$1
  shift
  "$@" sh -c 'eval "echo \"\${$1-unset}\""' sh "$name"
}

# An image that sets variables in each of the ways there are.
make_image() {
  build "$SCRATCH/env.sif" <<END
Bootstrap: localimage
From: $BUSYBOX

%post
    echo 'export FROM_POST="of post"' >>"\$SINGULARITY_ENVIRONMENT"

%environment
    export FROM_IMAGE="of the image"
    export EMPTIED=
    export EXTENDED="base:\${CALLERS-}"
    export PATH=/opt/tool/bin:\$PATH
    export LD_LIBRARY_PATH=/opt/tool/lib
    LOCAL=not-exported
END
}

# ---- from the caller

passes_variables() {
  expect_stdout 'a  b	c' env "PLAIN=a  b	c" "$KERR" exec "$BUSYBOX" sh -c 'echo "$PLAIN"'
}

keeps_values_of_several_lines() {
  # shellcheck disable=SC2016
  expect_stdout $'<one\ntwo\n\n  three\\ "$HOME" `x`>' \
    env LINES_OF_TEXT=$'one\ntwo\n\n  three\\ "$HOME" `x`' "$KERR" exec "$BUSYBOX" sh -c 'echo "<$LINES_OF_TEXT>"'
}

keeps_a_last_newline_and_odd_bytes() {
  env ODD=$'\xff\x01\n\n' "$KERR" exec "$BUSYBOX" sh -c 'printf %s "$ODD"' | od -An -tx1 >got
  expect_equal ' ff 01 0a 0a' "$(cat got)"
}

keeps_an_empty_value() { expect_equal '' "$(EMPTY='' value EMPTY inside)"; }

drops_functions_and_odd_names_silently() {
  run env 'BASH_FUNC_x%%=() { echo hi; }' 'odd-name=1' '1digit=1' "$KERR" exec "$BUSYBOX" env
  expect_equal '0 ' "$STATUS $STDERR"
  if grep -e BASH_FUNC -e odd-name -e 1digit <<<"$STDOUT"; then return 1; fi
}

passes_two_thousand_variables() {
  local i
  for i in $(seq 2000); do export "VARIABLE_$i=value of $i"; done
  expect_stdout '2000 value of 1999' inside sh -c 'echo $(env | grep -c ^VARIABLE_) $VARIABLE_1999'
}

passes_a_value_of_a_hundred_thousand_bytes() {
  LARGE=$(head -c 100000 /dev/zero | tr '\0' x)
  export LARGE
  expect_stdout 100000 inside sh -c 'echo ${#LARGE}'
}

keeps_the_containers_own() {
  export PATH=$PATH:/host/only LD_LIBRARY_PATH=/host/lib SINGULARITY_SOMETHING=1 APPTAINER_SOMETHING=1 KERR_SOMETHING=1
  expect_equal /usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$(value PATH inside)"
  expect_equal unset "$(value SINGULARITY_SOMETHING inside)"
  expect_equal unset "$(value APPTAINER_SOMETHING inside)"
  expect_equal unset "$(value KERR_SOMETHING inside)"
  case $(value LD_LIBRARY_PATH inside) in */host/lib*) return 1 ;; esac
}

leaves_nothing_of_its_own() {
  run inside env
  if grep -i -e '^_kerr' -e '^_=.*java' -e '^JAVA' <<<"$STDOUT"; then return 1; fi
  run inside sh -c 'set; alias'
  if grep -i '^_kerr' <<<"$STDOUT"; then return 1; fi
}

names_the_directory_it_starts_in() {
  expect_equal "$PWD" "$(value PWD inside)"
  expect_equal unset "$(unset OLDPWD; value OLDPWD inside)"
}

# ---- from the image

sets_what_the_image_sets() {
  expect_equal 'of the image' "$(value FROM_IMAGE "$KERR" exec "$SCRATCH/env.sif")"
  expect_equal 'of post' "$(value FROM_POST "$KERR" exec "$SCRATCH/env.sif")"
  expect_equal "/opt/tool/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" "$(value PATH "$KERR" exec "$SCRATCH/env.sif")"
  expect_contains /opt/tool/lib "$(value LD_LIBRARY_PATH "$KERR" exec "$SCRATCH/env.sif")"
  expect_contains /.singularity.d/libs "$(value LD_LIBRARY_PATH "$KERR" exec "$SCRATCH/env.sif")"
}

prefers_the_image_to_the_caller() {
  export FROM_IMAGE='of the caller' OTHER='of the caller'
  expect_equal 'of the image' "$(value FROM_IMAGE "$KERR" exec "$SCRATCH/env.sif")"
  expect_equal 'of the caller' "$(value OTHER "$KERR" exec "$SCRATCH/env.sif")"
}

runs_the_images_scripts_without_the_callers_variables() {
  expect_equal 'base:' "$(CALLERS=host value EXTENDED "$KERR" exec "$SCRATCH/env.sif")"
}

unsets_what_the_image_empties() {
  expect_equal unset "$(EMPTIED=full value EMPTIED "$KERR" exec "$SCRATCH/env.sif")"
}

exports_only_what_the_image_exports() {
  expect_equal unset "$(value LOCAL "$KERR" exec "$SCRATCH/env.sif")"
}

# ---- from the user

prefers_what_the_user_asks_for() {
  export FROM_IMAGE=caller
  expect_equal three "$(value FROM_IMAGE "$KERR" exec --env FROM_IMAGE=three "$SCRATCH/env.sif")"
  export SINGULARITYENV_FROM_IMAGE=one
  expect_equal one "$(value FROM_IMAGE "$KERR" exec "$SCRATCH/env.sif")"
  export APPTAINERENV_FROM_IMAGE=two
  expect_equal two "$(value FROM_IMAGE "$KERR" exec "$SCRATCH/env.sif")"
  export KERRENV_FROM_IMAGE=four
  expect_equal four "$(value FROM_IMAGE "$KERR" exec "$SCRATCH/env.sif")"
  expect_equal three "$(value FROM_IMAGE "$KERR" exec --env FROM_IMAGE=three "$SCRATCH/env.sif")"
}

sets_several_at_once() {
  expect_stdout '1 2 3' "$KERR" exec --env A=1,B=2 --env C=3 "$BUSYBOX" sh -c 'echo $A $B $C'
  expect_stdout '1,2 3' "$KERR" exec --env '"A=1,2",B=3' "$BUSYBOX" sh -c 'echo $A $B'
  expect_stdout 'x=y=z' "$KERR" exec --env A=x=y=z "$BUSYBOX" sh -c 'echo $A'
}

# shellcheck disable=SC2016
evaluates_values_in_double_quotes() {
  expect_equal '/opt/tool/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/mine' \
    "$(value PATH "$KERR" exec --env 'PATH=$PATH:/mine' "$SCRATCH/env.sif")"
  expect_equal 'a "quoted" word' "$(value A "$KERR" exec --env 'A=a "quoted" word' "$BUSYBOX")"
  expect_equal $'two\nlines' "$(value A "$KERR" exec --env $'A=two\nlines' "$BUSYBOX")"
}

# shellcheck disable=SC1003
survives_values_that_end_in_a_backslash() {
  run "$KERR" exec --env 'A=x\' "$BUSYBOX" sh -c 'echo "$A"'
  expect_equal '0 x\ ' "$STATUS $STDOUT $STDERR"
}

# shellcheck disable=SC2016
survives_values_that_are_no_shell_words() {
  local word
  for word in '`' '$(' '${' "'" '"' '\"' '${x:?boom}' '$((' 'x"; exit 3; "'; do
    run "$KERR" exec --env "A=$word" "$BUSYBOX" echo started
    case "$STATUS $STDOUT" in
      '0 started' | '255 ') ;;
      *) e2e_show "expected that --env A=$word starts or is refused" ;;
    esac
  done
}

changes_the_path_at_either_end() {
  expect_equal '/first:/opt/tool/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/last' \
    "$(SINGULARITYENV_PREPEND_PATH=/first SINGULARITYENV_APPEND_PATH=/last value PATH "$KERR" exec "$SCRATCH/env.sif")"
}

does_not_let_home_be_set() {
  run "$KERR" exec --env HOME=/x "$BUSYBOX" sh -c 'echo $HOME'
  expect_equal "0 $HOME" "$STATUS $STDOUT"
  expect_contains WARNING: "$STDERR"
  expect_contains HOME "$STDERR"
}

evaluates_environment_files() {
  printf 'A=1\nexport B="two\nlines"\nC=$HOST_SIDE\n' >one
  echo A=2 >two
  export HOST_SIDE=h
  expect_stdout '2 two lines h' "$KERR" exec --env-file one,two "$BUSYBOX" sh -c 'echo $A $B $C'
  expect_stdout 3 env KERRENV_A=0 "$KERR" exec --env-file one --env A=3 "$BUSYBOX" sh -c 'echo $A'
  expect_stdout 1 env KERRENV_A=0 KERR_ENV_FILE=one "$KERR" exec "$BUSYBOX" sh -c 'echo $A'
  expect_fatal 'nowhere' "$KERR" exec --env-file nowhere "$BUSYBOX" true
  echo "A='" >bad
  expect_fatal 'bad: it is no text for the shell in the container' "$KERR" exec --env-file bad "$BUSYBOX" true
}

leaves_variables_outside() {
  export FOO_1=1 FOO_2=2 BAR=3
  expect_stdout 'unset unset 3' "$KERR" exec --no-env 'FOO_*' "$BUSYBOX" sh -c 'echo ${FOO_1-unset} ${FOO_2-unset} $BAR'
}

has_the_usual_umask() {
  umask 0077
  expect_stdout 0022 "$KERR" exec --no-umask "$BUSYBOX" sh -c umask
  expect_stdout 0077 "$KERR" exec "$BUSYBOX" sh -c umask
}

runs_applications() {
  expect_stdout '/scif/apps/foo foo' "$KERR" exec --app foo "$IMAGES/apps.sif" sh -c 'echo $SCIF_APPROOT $APPTAINER_APPNAME'
  expect_status 0 "$KERR" run --app foo "$IMAGES/apps.sif"
  expect_failure 1 'Could not locate the container application: bar' "$KERR" run --app bar "$IMAGES/apps.sif"
  expect_failure 1 'Could not locate the container application: ../x' "$KERR" exec --app ../x "$IMAGES/apps.sif" true
}

starts_another_shell() {
  expect_stdout /bin/ash "$KERR" shell --shell /bin/ash "$BUSYBOX" -c 'echo $SHELL'
  expect_fatal '/bin/zsh": no such file in the container' "$KERR" shell --shell /bin/zsh "$BUSYBOX"
}

refuses_what_is_no_assignment() {
  expect_usage_error '--env nothing' "$KERR" exec --env nothing "$BUSYBOX" true
}

# ---- clean

leaves_the_callers_variables_outside() {
  export FOO=1 LANG=xx_YY http_proxy=http://proxy TERM=vt100
  expect_equal unset "$(value FOO "$KERR" exec --cleanenv "$BUSYBOX")"
  expect_equal C "$(value LANG "$KERR" exec -e "$BUSYBOX")"
  expect_equal http://proxy "$(value http_proxy "$KERR" exec --cleanenv "$BUSYBOX")"
  expect_equal vt100 "$(value TERM "$KERR" exec --cleanenv "$BUSYBOX")"
  expect_equal "$HOME" "$(value HOME "$KERR" exec --cleanenv "$BUSYBOX")"
  expect_equal 1 "$(value ASKED "$KERR" exec --cleanenv --env ASKED=1 "$BUSYBOX")"
  expect_equal unset "$(KERR_CLEANENV=1 value FOO inside)"
}

# ---- what it tells

tells_where_it_is() {
  local image
  image=$(readlink -f "$BUSYBOX")
  for family in KERR APPTAINER SINGULARITY; do
    expect_equal "$image" "$(value ${family}_CONTAINER inside)"
    expect_equal busybox.sif "$(value ${family}_NAME inside)"
    expect_equal exec "$(value ${family}_COMMAND inside)"
    expect_equal /mnt "$(value ${family}_BIND "$KERR" exec -B /tmp:/mnt "$BUSYBOX")"
  done
}

# ---- what must not disturb it

ignores_what_could_inject_into_java() {
  printf -- '-XX:+PrintFlagsFinal\n' >.hotspotrc
  printf 'nonsense\n' >.hotspot_compiler
  export JAVA_TOOL_OPTIONS=-Dx=y JDK_JAVA_OPTIONS=--nonsense _JAVA_OPTIONS=-Xmx1k CLASSPATH=/nowhere JAVA_HOME=/nowhere
  run env LD_PRELOAD=/nowhere.so LD_AUDIT=/nowhere.so GLIBC_TUNABLES=x "$KERR" exec "$BUSYBOX" \
    sh -c 'echo "$JAVA_TOOL_OPTIONS $_JAVA_OPTIONS $CLASSPATH $LD_PRELOAD"'
  expect_equal '0 -Dx=y -Xmx1k /nowhere /nowhere.so ' "$STATUS $STDOUT $STDERR"
  run env LD_PRELOAD=/nowhere.so "$KERR" version
  expect_equal '0 ' "$STATUS $STDERR"
  expect_equal '' "$(find . -name 'hs_err*' -o -name 'core*')"
}

works_in_an_almost_empty_environment() {
  run env - "PATH=$PATH" "$KERR" exec "$BUSYBOX" sh -c 'echo "$HOME"'
  expect_equal "0 $HOME " "$STATUS $STDOUT $STDERR"
  run env - "$KERR" exec "$BUSYBOX" sh -c 'echo "$HOME"'
  expect_equal "0 $HOME " "$STATUS $STDOUT $STDERR"
}

works_in_any_locale() {
  local locale
  mkdir 'ü'
  cp "$BUSYBOX" 'ü/ï.sif'
  for locale in C POSIX C.UTF-8 xx_YY.nonsense ''; do
    run env LANG="$locale" LC_ALL="$locale" "$KERR" exec 'ü/ï.sif' echo 'ñ'
    expect_equal '0 ñ ' "$STATUS $STDOUT $STDERR"
  done
  run env -u LANG -u LC_ALL "$KERR" exec 'ü/ï.sif' sh -c 'echo ñ ${LC_ALL-unset}'
  expect_equal '0 ñ unset ' "$STATUS $STDOUT $STDERR"
}

works_with_empty_settings() {
  expect_silent env KERR_BIND= APPTAINER_BINDPATH= SINGULARITY_CONTAIN= KERR_DEBUG= TMPDIR= HOME= PWD= "$KERR" exec "$BUSYBOX" true
}

make_image
it 'passes variables' passes_variables
it 'keeps values of several lines' keeps_values_of_several_lines
it 'keeps last newlines and odd bytes' keeps_a_last_newline_and_odd_bytes
it 'keeps an empty value' keeps_an_empty_value
it 'drops exported functions and odd names silently' drops_functions_and_odd_names_silently
it 'passes two thousand variables' passes_two_thousand_variables
it 'passes a value of 100,000 bytes' passes_a_value_of_a_hundred_thousand_bytes
it "keeps the container's own PATH and the runtime's own names" keeps_the_containers_own
it 'leaves nothing of its own' leaves_nothing_of_its_own
it 'names the directory it starts in' names_the_directory_it_starts_in
it 'sets what the image sets' sets_what_the_image_sets
it 'prefers the image to the caller' prefers_the_image_to_the_caller
it "runs the image's scripts without the caller's variables" runs_the_images_scripts_without_the_callers_variables
it 'unsets what the image empties' unsets_what_the_image_empties
it 'exports only what the image exports' exports_only_what_the_image_exports
it 'prefers what the user asks for to all' prefers_what_the_user_asks_for
it 'sets several variables at once' sets_several_at_once
it 'evaluates values as in double quotes' evaluates_values_in_double_quotes
it 'survives values that end in a backslash' survives_values_that_end_in_a_backslash
it 'survives values that are no shell words' survives_values_that_are_no_shell_words
it 'changes PATH at either end' changes_the_path_at_either_end
it 'evaluates environment files' evaluates_environment_files
it 'takes values literally' expect_stdout '$HOME `id`' "$KERR" exec --no-eval --env 'A=$HOME `id`' "$BUSYBOX" sh -c 'echo "$A"'
it 'leaves variables outside' leaves_variables_outside
it 'has the usual umask if asked' has_the_usual_umask
it 'runs applications' runs_applications
it 'starts another shell' starts_another_shell
it 'does not let HOME be set' does_not_let_home_be_set
it 'refuses what is no assignment' refuses_what_is_no_assignment
it "leaves the caller's variables outside with --cleanenv" leaves_the_callers_variables_outside
it 'tells the payload where it is' tells_where_it_is
it 'ignores what could inject into Java' ignores_what_could_inject_into_java
it 'works in an almost empty environment' works_in_an_almost_empty_environment
it 'works in any locale' works_in_any_locale
it 'works with empty settings' works_with_empty_settings
