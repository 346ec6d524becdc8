# place-script SCRIPT TARGET: puts a script into the root file system, in place of whatever is there. Run as root on the host.
set -eu
umask 022
rm -rf -- "$2"
cp -- "$1" "$2"
chmod 755 -- "$2"
