# outline DIRECTORY ROOTFS: copies of a directory what layout and metadata look at or write. Run as root on the host.
# Directories but that of the metadata stay empty; links are copied as links and never followed. The names are those of
# skeleton.sh.
set -eu
umask 022
rootfs=$2
cd -- "$1"

for name in ./dev ./etc ./home ./proc ./root ./sys ./tmp ./var ./singularity ./environment ./.run ./.exec ./.test ./.shell \
    ./etc/hosts ./etc/resolv.conf ./var/tmp; do
    parent=${name%/*}
    if [ -L "$parent" ] || [ ! -d "$parent" ]; then
        continue
    elif [ -d "$name" ] && [ ! -L "$name" ]; then
        mkdir -- "$rootfs/$name"
    elif [ -e "$name" ] || [ -L "$name" ]; then
        cp -a -- "$name" "$rootfs/$parent/"
    fi
done
if [ -d .singularity.d ] && [ ! -L .singularity.d ]; then
    cp -a -x -- .singularity.d "$rootfs/"
fi
