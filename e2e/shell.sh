#!/usr/bin/env bash
# kerr shell: an interactive shell in a container.
. "$(dirname "$0")/lib.sh"
. "$E2E/fixtures/common.sh"

reads_commands() {
  run bash -c 'printf "echo one\nexit 7\n" | "$0" shell "$1"' "$KERR" "$BUSYBOX"
  expect_equal '7 one' "$STATUS $STDOUT"
}

passes_arguments_to_the_shell() {
  expect_stdout 'x y' "$KERR" shell "$BUSYBOX" -c 'echo x $0' y
}

says_which_shell_it_is() {
  expect_stdout /bin/sh "$KERR" shell "$BUSYBOX" -c 'echo $SHELL'
}

prefers_bash() {
  sandbox
  printf '#!/bin/sh\necho "as bash: $*"\n' >"$SANDBOX/bin/bash"
  chmod +x "$SANDBOX/bin/bash"
  expect_stdout 'as bash: --norc' "$KERR" shell "$SANDBOX"
}

is_interactive_at_a_terminal() {
  { sleep 1; printf 'echo $((40 + 2)) $-\n'; sleep 1; printf 'exit 5\n'; sleep 0.5; } |
    timeout 30 script -qec "'$KERR' shell '$BUSYBOX'; echo status \$?" /dev/null | tr -d '\r' >said
  grep -q '^42 .*i' said || e2e_unexpected "$(cat said)"
  expect_contains 'status 5' "$(cat said)"
  if grep -i 'job control' said; then return 1; fi
}

shows_that_one_is_in_a_container() {
  { sleep 1; printf 'exit\n'; sleep 0.5; } | timeout 30 script -qec "'$KERR' shell '$IMAGES/apps.sif'" /dev/null >said
  expect_contains '> ' "$(cat said)"
}

it 'reads commands from standard input' reads_commands
it 'passes arguments to the shell' passes_arguments_to_the_shell
it 'says which shell it is' says_which_shell_it_is
it 'prefers bash where the image has it' prefers_bash
if command -v script >/dev/null; then
  it 'is interactive at a terminal' is_interactive_at_a_terminal
  it 'shows by its prompt that one is in a container' shows_that_one_is_in_a_container
else
  skip 'is interactive at a terminal' 'there is no program script (Debian: bsdutils)'
fi
