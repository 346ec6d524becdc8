#!/usr/bin/env bash
# Ways out of a container, published ones by their numbers: e2e/fixtures/escape.c tries them, in each mode in which they are
# to be closed. What root may do who keeps root's privileges is root's business, and not among them.
. "$(dirname "$0")/lib.sh"
. "$E2E/fixtures/common.sh"
. "$E2E/fixtures/own-program.sh"

# A file of every host that no container shows.
CANARY=/etc/login.defs

# WAY  where it is to be closed  sentence: u: any user's, f: root of a user namespace, r: root without privileges, R: root
ways() {
  cat <<'END'
canary ufrR a file of the host is not seen
dotdot ufrR the root has nothing above it
chroot ufrR chroot does not lead out
descriptors ufrR no descriptor is left open (CVE-2016-9962, CVE-2024-21626)
cwd ufrR the working directory is inside (CVE-2024-21626)
umount ufrR below the mounts there is nothing
pivot_root ufr pivot_root does not lead out
userns ufr a user namespace unlocks no mount (CVE-2020-15257 and others of its kind)
open_by_handle_at ufr files are not opened by their numbers (CVE-2014-3519, "shocker")
proc-root ufr roots of other processes are closed
proc-fd ufr descriptors of other processes are closed (CVE-2016-9962)
proc-mem ufr memory of other processes is closed
proc-exe ufr programs of other processes are not overwritten (CVE-2019-5736)
ptrace ufr other processes are not traced, nor the file system server
process_vm_readv uf memory of processes outside is not read
pidfd_getfd ufr descriptors of other processes are not taken
setns ufr namespaces of others are not joined
core_pattern ufr the kernel starts no program for cores (CVE-2025-31133, CVE-2025-52881)
sysrq ufr nobody reaches sysrq-trigger (CVE-2025-52881)
uevent_helper ufr the kernel starts no program for devices
binfmt_misc ufr no interpreter is registered with the host
modprobe ufr the kernel loads modules by no other program
dev-mem ufr the kernel's memory is closed
ld.so.preload ufrR the root file system is not written to
release_agent ufr no release agent of cgroups is set (CVE-2022-0492)
mknod ufr devices cannot be made
init_module ufr modules cannot be loaded
kexec_load ufr no other kernel is loaded
bpf ufr the kernel is not traced
perf_event_open ufr the machine is not measured
clock_settime ufr the clock is not set
sethostname ufr the host keeps its name
tiocsti ufrR nobody types into the terminal (CVE-2017-5226, CVE-2023-1523)
tioclinux ufrR nobody pastes into the console (CVE-2023-28100)
tiocsti-high ufrR nor by a number of 64 bits (CVE-2019-10063)
inheritable ufrR no capability is inherited (CVE-2022-24769, CVE-2022-29162, CVE-2022-27649)
no_new_privs ufrR no program has new privileges
END
}

# is_closed WAY OPTION…
is_closed() {
  local way=$1
  shift
  run "$SCRATCH/escape" with-key "$KERR" exec "$@" --bind "$SCRATCH/escape" "$BUSYBOX" "$SCRATCH/escape" "$way" "$CANARY"
  case $STATUS in
    0) ;;
    *) e2e_show 'a way out' "$way" "$@" ;;
  esac
}

# mode LETTER NAME OPTION…: all ways that are to be closed in it.
mode() {
  local letter=$1 name=$2 way letters sentence
  shift 2
  while read -r way letters sentence; do
    [[ $letters != *"$letter"* ]] || it "$name: $sentence" is_closed "$way" "$@"
  done < <(ways)
}

# is_not_kerr_itself OPTION…: the init of a PID namespace is kerr, and process 1 inside.
is_not_kerr_itself() {
  local kerr init
  own_kerr
  "$KERR" exec --pid "$@" "$BUSYBOX" sh -c 'echo >ready; exec sleep 300' &
  kerr=$!
  eventually test -e ready
  init=$(pgrep -P "$kerr")
  cannot_be_written "$init" kill -KILL "$kerr"
}

if ! cc -static -O1 "$E2E/fixtures/escape.c" -o "$SCRATCH/escape" 2>"$SCRATCH/.cc"; then
  skip 'no way leads out' "no static C library: $(tail -n 1 "$SCRATCH/.cc")"
elif [ ! -r "$CANARY" ]; then
  skip 'no way leads out' "this host has no $CANARY"
elif is_root; then
  mode R root
  mode R 'root, contained' --containall
  mode r 'root without privileges, contained' --no-privs --containall
  it 'root: the program kerr is not overwritten (CVE-2019-5736)' is_not_kerr_itself
  it 'root without privileges: the program kerr is not overwritten (CVE-2019-5736)' \
    is_not_kerr_itself --no-privs
  it 'root, contained: keys of the caller are not seen' is_closed keyring --containall
else
  mode u user
  mode u 'user, contained' --containall
  it 'user, contained: keys of the caller are not seen' is_closed keyring --containall
  mode f 'root with one id' --fakeroot --ignore-subuid
  mode f 'root with one id, contained' --fakeroot --ignore-subuid --containall
  if grep -q "^$(id -un):" /etc/subuid 2>/dev/null; then
    mode f 'root with sub-ids' --fakeroot
    mode f 'root with sub-ids, contained' --fakeroot --containall
  else
    skip 'root with sub-ids' "there is no range for $(id -un) in /etc/subuid"
  fi
fi
