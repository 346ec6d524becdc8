# debootstrap SHIMS ROOTFS ARGUMENT...: runs the host's debootstrap as root, real or mapped,
# in the mount and PID namespaces that every step of a build has: its mounts, and processes that a package leaves, end there.
# SHIMS is a directory of programs that are found before the host's: mapped root needs another mknod.
set -eu
shims=$1
rootfs=$2
shift 2

KERR_REAL_PATH=$PATH
KERR_ROOTFS=$rootfs
PATH=$shims:$PATH
export PATH KERR_REAL_PATH KERR_ROOTFS

debootstrap "$@"

# In some containers debootstrap leaves a link to the host's /proc.
if [ -L "$rootfs/proc" ]; then
    rm -f -- "$rootfs/proc"
    mkdir -- "$rootfs/proc"
fi

# Where a device could not be made, its mount point is left.
for device in null zero full random urandom tty console; do
    if [ -f "$rootfs/dev/$device" ] && [ ! -L "$rootfs/dev/$device" ]; then
        rm -f -- "$rootfs/dev/$device"
    fi
done
rm -f -- "$rootfs"/var/cache/apt/archives/*.deb
