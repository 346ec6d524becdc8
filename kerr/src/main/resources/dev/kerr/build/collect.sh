# collect ROOTFS COPY: copies the metadata of the root file system out, for the caller to read. Run as root on the host.
# Links are copied as links and never followed; what an unprivileged caller could not read becomes readable.
set -eu
umask 077
rootfs=$1
copy=$2

collect() {
    parent=$1
    shift
    if [ -L "$rootfs/$parent" ] || [ ! -d "$rootfs/$parent" ]; then
        return 0
    fi
    mkdir -p -- "$copy/$parent"
    for name in "$@"; do
        if [ -f "$rootfs/$parent/$name" ] || [ -d "$rootfs/$parent/$name" ] || [ -L "$rootfs/$parent/$name" ]; then
            cp -RP -- "$rootfs/$parent/$name" "$copy/$parent/"
        fi
    done
}

collect . .build.labels
collect .singularity.d Singularity labels.json runscript startscript test runscript.help env bootstrap_history
if [ ! -L "$rootfs/scif" ] && [ -d "$rootfs/scif/apps" ] && [ ! -L "$rootfs/scif/apps" ]; then
    for app in "$rootfs"/scif/apps/*; do
        name=scif/apps/${app##*/}
        if [ -d "$app" ] && [ ! -L "$app" ]; then
            collect "$name/scif" labels.json runscript startscript test runscript.help env
        fi
    done
fi
chmod -R u+rwX -- "$copy"
rm -rf -- "$rootfs/.build.labels"
