# pack ARGUMENT...: runs mksquashfs. Run as root on the host.
# What it tells of its progress is not for the user; what goes wrong is, and comes by standard error.
exec mksquashfs "$@" > /dev/null
