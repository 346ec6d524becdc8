# place-sandbox ROOTFS TARGET ASIDE: renames ROOTFS to TARGET, and what is there to ASIDE. Run as root on the host.
set -eu
rootfs=$1
target=$2
aside=$3
if [ -e "$target" ] || [ -L "$target" ]; then
    mv -T -- "$target" "$aside"
    mv -T -- "$rootfs" "$target" || {
        mv -T -- "$aside" "$target"
        exit 1
    }
else
    mv -T -- "$rootfs" "$target"
fi
