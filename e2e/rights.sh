#!/usr/bin/env bash
# Capabilities, no_new_privs and setuid programs: --add-caps, --drop-caps, --keep-privs, --no-privs, --allow-setuid, the
# site's `root default capabilities`, and `kerr capability`. All sets of all combinations are in the goldens of state.sh.
# shellcheck disable=SC2016 # for the payload's shell
. "$(dirname "$0")/lib.sh"
. "$E2E/fixtures/common.sh"

# The installation of this script: a copy that root may change, of links to what there is.
PREFIX=$SCRATCH/installation
installation() {
  local real
  real=$(dirname "$(dirname "$(readlink -f "$KERR")")")
  KERR=$PREFIX/bin/kerr
  if [ ! -d "$PREFIX" ]; then
    mkdir -p "$PREFIX/etc"
    cp -r "$real/bin" "$PREFIX/bin"
    ln -s "$real/lib" "$PREFIX/lib"
    cp -r "$real/etc/kerr" "$PREFIX/etc/kerr"
  fi
  rm -f "$PREFIX/etc/kerr/capability.json"
}

caps() { "$KERR" exec "$@" "$BUSYBOX" sed -n 's/^CapEff:[[:space:]]*//p' /proc/self/status; }
status_line() { "$KERR" exec "${@:2}" "$BUSYBOX" sed -n "s/^$1:[[:space:]]*//p" /proc/self/status; }
none=0000000000000000

refuses_contradictions() {
  expect_fatal '--keep-privs and --no-privs contradict each other' "$KERR" exec --keep-privs --no-privs "$BUSYBOX" true
  expect_fatal '--add-caps bogus names no capability' "$KERR" exec --add-caps chown,bogus "$BUSYBOX" true
  expect_fatal '--drop-caps CAP_X names no capability' "$KERR" exec --drop-caps CAP_X "$BUSYBOX" true
  expect_fatal 'names no capability' env APPTAINER_ADD_CAPS=bogus "$KERR" exec "$BUSYBOX" true
}

# What a payload has by --add-caps is what the programs that it starts have, and no more.
adds_capabilities() {
  local options=()
  is_root && options=(--no-privs)
  expect_stdout 0000000000002001 caps "${options[@]}" --add-caps chown,CAP_NET_RAW
  expect_stdout 0000000000000001 caps "${options[@]}" --add-caps chown,net_raw --drop-caps Net_Raw
  expect_stdout 0000000000000001 env SINGULARITY_ADD_CAPS=chown "$KERR" exec "${options[@]}" "$BUSYBOX" \
    sed -n 's/^CapEff:[[:space:]]*//p' /proc/self/status
  expect_stdout 0000000000000001 status_line CapAmb "${options[@]}" --add-caps chown
  expect_stdout 0000000000000001 status_line CapBnd "${options[@]}" --add-caps chown
}

drops_capabilities() {
  local options=() all without
  is_root || options=(--fakeroot)
  all=$(caps "${options[@]}") without=$(caps "${options[@]}" --drop-caps chown,fowner)
  expect_equal $((0x$all & ~9)) $((0x$without))
  [ "$all" != "$without" ]
  expect_stdout $none caps "${options[@]}" --drop-caps all
  expect_stdout $none status_line CapBnd "${options[@]}" --no-privs
  # none comes back, by no id and no program
  expect_status 1 "$KERR" exec "${options[@]}" --writable-tmpfs --drop-caps chown "$BUSYBOX" sh -c 'touch /x && exec chown 1 /x'
}

passes_nothing_on() {
  local options
  for options in '' '--drop-caps chown' '--no-privs' '--fakeroot'; do
    is_root || [ "$options" != --fakeroot ] || grep -q "^$(id -un):" /etc/subuid || continue
    # shellcheck disable=SC2086 # words
    expect_stdout $none status_line CapInh $options
    # shellcheck disable=SC2086
    expect_stdout $none status_line CapAmb $options
    # shellcheck disable=SC2086
    expect_stdout 1 status_line NoNewPrivs $options
  done
}

# A setuid program of root's that says who it is, after it has become somebody else by itself.
allows_setuid_programs_of_root() {
  "$KERR" build --sandbox box "$BUSYBOX" 2>/dev/null
  cc -static -O1 -xc - -o box/bin/says <<'END'
#include <stdio.h>
#include <unistd.h>
int main(int argc, char **argv) {
    if (argc > 1 && (setgid(1234) || setuid(1234) || execl("/bin/says", "says", (char *)0))) return 2;
    printf("%d %d\n", getuid(), geteuid());
}
END
  chmod 4755 box/bin/says
  expect_stdout '1234 1234' "$KERR" exec box says drop
  expect_stdout '1234 0' "$KERR" exec --allow-setuid box says drop
  expect_stdout '1234 0' "$KERR" exec --allow-setuid --writable-tmpfs box says drop
  convert box.sif box
  expect_stdout '1234 0' "$KERR" exec --allow-setuid box.sif says drop
  expect_stdout '1234 1234' "$KERR" exec box.sif says drop
  expect_stdout 0 status_line NoNewPrivs --allow-setuid
  expect_fatal 'has no effect for a payload without privileges' "$KERR" exec --allow-setuid --no-privs box true
}

refuses_setuid_programs_of_others() {
  expect_fatal '--keep-privs is for root alone' "$KERR" exec --keep-privs "$BUSYBOX" true
  expect_fatal '--keep-privs is for root alone' "$KERR" exec --fakeroot --keep-privs "$BUSYBOX" true
  expect_fatal '--allow-setuid is for root alone' "$KERR" exec --allow-setuid "$BUSYBOX" true
  expect_fatal '--allow-setuid is for root alone' "$KERR" exec --fakeroot --allow-setuid "$BUSYBOX" true
}

site_decides_what_root_has() {
  installation
  "$KERR" config global --set 'root default capabilities' no
  expect_stdout $none caps
  [ "$(caps --keep-privs)" != $none ]
  "$KERR" config global --set 'root default capabilities' file
  expect_stdout $none caps
  expect_silent "$KERR" capability add --user root chown,net_raw
  expect_stdout 0000000000002001 caps
  expect_silent "$KERR" capability drop -u root chown
  expect_stdout 0000000000002000 caps
  expect_stdout 0000000000002001 caps --add-caps chown
  expect_stdout $none caps --no-privs
  printf '{"users": {"root": ["CAP_BOGUS"]}}' >"$PREFIX/etc/kerr/capability.json"
  expect_fatal 'CAP_BOGUS of root names no capability' "$KERR" exec "$BUSYBOX" true
  printf '{"users": ' >"$PREFIX/etc/kerr/capability.json"
  expect_fatal "cannot use $PREFIX/etc/kerr/capability.json" "$KERR" exec "$BUSYBOX" true
}

grants_and_lists() {
  installation
  expect_fatal 'no capability set for users or groups' "$KERR" capability list
  expect_silent "$KERR" capability add --user root chown,CAP_NET_RAW
  run "$KERR" capability add -g "$(id -gn)" all
  expect_contains 'only what root has takes effect' "$STDERR"
  expect_stdout_contains 'root [user]: CAP_CHOWN,CAP_NET_RAW' "$KERR" capability list
  expect_contains "$(id -gn) [group]: CAP_CHOWN,CAP_DAC_OVERRIDE" "$STDOUT"
  expect_stdout 'root [user]: CAP_CHOWN,CAP_NET_RAW' sh -c '"$0" caps list root | head -n 1' "$KERR"
  expect_stderr_contains "Won't add capability 'CAP_CHOWN', already assigned to user root" "$KERR" capability add -u root chown
  expect_stderr_contains "Won't drop capability 'CAP_KILL', not assigned to user root" "$KERR" capability drop -u root kill
  expect_silent "$KERR" capability drop -u root -g "$(id -gn)" all
  expect_equal '{"users":{},"groups":{}}' "$(cat "$PREFIX/etc/kerr/capability.json")"
  expect_equal 644 "$(stat -c %a "$PREFIX/etc/kerr/capability.json")"
  expect_fatal 'no user or group specified' "$KERR" capability add chown
  expect_fatal 'user no-such-user does not exist' "$KERR" capability add -u no-such-user chown
  expect_fatal 'group no-such-group does not exist' "$KERR" capability add -g no-such-group chown
  expect_fatal 'unknown capability bogus' "$KERR" capability add -u root bogus
  expect_equal '{"users":{},"groups":{}}' "$(cat "$PREFIX/etc/kerr/capability.json")"
}

describes_capabilities() {
  expect_stdout $'CAP_CHOWN:             CAP_CHOWN\n\tchange the owner and group of any file' "$KERR" capability avail cap_chown
  expect_equal 41 "$("$KERR" capability avail | grep -c '^CAP_')"
  expect_fatal 'unknown capability bogus' "$KERR" capability avail bogus
  expect_usage_error 'capability needs' "$KERR" capability
  expect_usage_error 'capability add takes one list' "$KERR" capability add --user root
}

only_root_grants() {
  expect_fatal 'only root may change which capabilities are granted' "$KERR" capability add -u "$(id -un)" chown
  expect_fatal 'no capability set' "$KERR" capability list
}

it 'refuses what contradicts itself, and unknown names' refuses_contradictions
it 'adds capabilities' adds_capabilities
it 'drops capabilities for good' drops_capabilities
it 'passes nothing on that was not asked for' passes_nothing_on
it 'describes capabilities' describes_capabilities
if is_root; then
  if cc -static -O1 -xc - -o "$SCRATCH/static" <<<'int main(void) { return 0; }' 2>/dev/null; then
    it 'lets setuid programs work, if root asks for it' allows_setuid_programs_of_root
  else
    skip 'lets setuid programs work, if root asks for it' 'no static C library'
  fi
  it "lets the site decide what root's containers have" site_decides_what_root_has
  it 'grants capabilities, takes them back and lists them' grants_and_lists
else
  it 'has no setuid programs for others' refuses_setuid_programs_of_others
  it 'lets only root grant capabilities' only_root_grants
fi
