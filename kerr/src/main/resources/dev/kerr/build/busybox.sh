# busybox.sh PROGRAM ROOTFS: what a system of busybox alone has, but for the names of its programs.
set -eu
program=$1
rootfs=$2
umask 022
cd "$rootfs"
mkdir -p bin dev etc home proc root sys tmp usr/bin var/tmp
chmod 1777 tmp var/tmp
cp -- "$program" bin/busybox
chmod 755 bin/busybox
echo 'root:!:0:0:root:/root:/bin/sh' >etc/passwd
echo 'root:x:0:' >etc/group
echo '127.0.0.1 localhost localhost.localdomain' >etc/hosts
: >etc/resolv.conf
