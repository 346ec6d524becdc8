#!/usr/bin/env bash
# Compares what a program finds in a container of `kerr oci` with what it finds in one of another runtime, from the same
# bundle: RUNC=runc e2e/peer/oci-runtime.sh, as root or as an ordinary user. What differs is printed; the status is 0 if
# nothing does. Known to differ: runc adds HOME; Kerr binds devices instead of making them, mounts /proc, masks and
# read-only paths with nosuid, nodev and noexec, and the root with nodev.
set -eu
cd "$(dirname "$(readlink -f "$0")")/../.."
KERR=${KERR:-$PWD/build/dist/bin/kerr}
RUNC=${RUNC:-runc}
IMAGE=$PWD/kerr/src/test/resources/images/busybox.sif
scratch=$(mktemp -d /var/tmp/kerr-peer-XXXXXX)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"
mkdir bundle
"$KERR" --silent build --sandbox bundle/rootfs "$IMAGE"
rootless=()
[ "$(id -u)" = 0 ] || rootless=(--rootless)
(cd bundle && "$RUNC" spec "${rootless[@]}")

# What is compared; mounts by target, type and the options that a mount has of its own.
cat >bundle/rootfs/probe <<'END'
echo "args: $*"
env | sort
echo "ids: $(id -u) $(id -g) $(id -G)"
grep -E '^(Cap|NoNewPrivs|Seccomp:|Groups)' /proc/self/status
cat /proc/self/limits
umask; pwd; hostname; echo $$
ls -l /dev | sed 's/^\(.\{10\}\).* \([^ ]*\)$/\1 \2/'
cut -d' ' -f2,3,4 /proc/mounts | sed 's/size=[0-9]*k,*//; s/nr_inodes=[0-9]*,*//; s/inode64,*//' | sort
cat /proc/self/uid_map /proc/self/gid_map
for file in /proc/kcore /proc/keys /proc/sys/kernel/panic /proc/sysrq-trigger /sys/firmware; do
  [ -r "$file" ] && echo "reads $file"; [ -w "$file" ] && echo "writes $file"
done
ls /proc/self/fd
cat /proc/self/oom_score_adj
END
sed -i 's/"sh"$/"sh", "\/probe"/; s/"terminal": true/"terminal": false/' bundle/config.json
"$RUNC" --root "$scratch/theirs" run --bundle bundle peer >theirs.txt 2>&1 </dev/null || echo "their status: $?" >>theirs.txt
"$KERR" oci --root "$scratch/ours" run --bundle bundle peer >ours.txt 2>&1 </dev/null || echo "our status: $?" >>ours.txt
diff theirs.txt ours.txt
