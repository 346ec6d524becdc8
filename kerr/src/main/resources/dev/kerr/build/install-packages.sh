# install-packages.sh WORK ROOTFS PROGRAM ARGUMENT...: runs a program that installs packages into ROOTFS.
# WORK is a directory of ours. Debian's rpm keeps its database in the home directory, where the image would lack it.
set -eu
work=$1
rootfs=$2
shift 2

HOME=$work/home
export HOME
mkdir -p -- "$HOME" "$rootfs/dev"
echo '%_dbpath /var/lib/rpm' >"$HOME/.rpmmacros"

# Scripts of packages write to them; the mounts end with this step.
devices='null zero full random urandom'
for device in $devices; do
    if [ ! -e "$rootfs/dev/$device" ]; then
        : >"$rootfs/dev/$device"
        mount --bind "/dev/$device" "$rootfs/dev/$device"
    fi
done

status=0
"$@" || status=$?

for device in $devices; do
    if umount "$rootfs/dev/$device" 2>/dev/null; then
        rm -f -- "$rootfs/dev/$device"
    fi
done
rm -rf -- "$rootfs"/var/cache/dnf/* "$rootfs"/var/cache/yum/* "$rootfs"/var/cache/zypp/packages \
    "$rootfs"/var/cache/pacman/pkg/*
exit "$status"
