# mmdebstrap SHIMS ROOTFS ARGUMENT...: runs the host's mmdebstrap as root, real or mapped, in the mount and PID namespaces
# that every step of a build has. SHIMS is a directory of programs that are found before the host's, and where
# there is room for temporary files.
set -eu
TMPDIR=$1
rootfs=$2
shift 2

KERR_REAL_PATH=$PATH
PATH=$TMPDIR:$PATH
export PATH KERR_REAL_PATH TMPDIR

mmdebstrap "$@"

# Where a device could not be made, its mount point is left; its place in the image is mounted over at each launch.
for device in null zero full random urandom tty console; do
    if [ -f "$rootfs/dev/$device" ] && [ ! -L "$rootfs/dev/$device" ]; then
        rm -f -- "$rootfs/dev/$device"
    fi
done
# They are the host's, with the right to be executed.
for file in "$rootfs/etc/hostname" "$rootfs/etc/resolv.conf"; do
    if [ -f "$file" ] && [ ! -L "$file" ]; then
        chmod 644 -- "$file"
    fi
done
rm -f -- "$rootfs"/var/cache/apt/archives/*.deb
