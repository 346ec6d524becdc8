# skeleton ROOTFS: makes the directories, files and links that every image has. Run as root on the host.
# Nothing here goes through a link of the image: a link stays as it is.
set -eu
umask 022
cd -- "$1"

directory() {
    if [ ! -L "$2" ] && [ ! -d "$2" ]; then
        mkdir -m "$1" -- "$2"
    fi
}

empty_file() {
    if [ ! -L "$1" ] && [ ! -e "$1" ]; then
        : > "$1"
    fi
}

link() {
    if [ -L "$2" ] || [ ! -e "$2" ]; then
        ln -sfn -- "$1" "$2"
    fi
}

for name in dev etc home proc sys var; do
    directory 755 "$name"
done
directory 750 root
directory 1777 tmp
[ -L var ] || directory 1777 var/tmp
if [ ! -L etc ]; then
    empty_file etc/hosts
    empty_file etc/resolv.conf
fi

link .singularity.d/runscript singularity
link .singularity.d/env/90-environment.sh environment
for action in run exec test shell; do
    link ".singularity.d/actions/$action" ".$action"
done
