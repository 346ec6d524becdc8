# unpack FILE OFFSET ROOTFS: unpacks the SquashFS file system at an offset of a file. Run as root on the host.
# What it tells of its progress is not for the user; what goes wrong is, and comes by standard error.
exec unsquashfs -no-progress -force -offset "$2" -dest "$3" "$1" > /dev/null
