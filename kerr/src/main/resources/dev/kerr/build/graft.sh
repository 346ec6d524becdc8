# graft STAGED ROOTFS: copies a staged tree over the root file system. Run as root on the host.
# Where the staged tree has a directory, a link of the image is removed first, so nothing is written through it.
set -eu
umask 022
staged=$1
rootfs=$2

cd -- "$staged"
find . -mindepth 1 -type d | LC_ALL=C sort | while IFS= read -r directory; do
    if [ -L "$rootfs/$directory" ]; then
        rm -f -- "$rootfs/$directory"
    fi
    [ -d "$rootfs/$directory" ] || mkdir -- "$rootfs/$directory"
done
for name in * .[!.]*; do
    if [ -e "$name" ]; then
        cp -a --remove-destination -- "$name" "$rootfs/"
    fi
done
