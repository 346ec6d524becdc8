#!/usr/bin/env bash
# The file system server alone, on images made for it.
here=$(dirname "$(readlink -f "$0")")
kerr=$(readlink -f "${KERR:-$here/../build/dist/bin/kerr}")
exec bash "$here/../fileserver/test/mount_test.sh" "${kerr%/bin/kerr}/lib/kerr/squashfs-server"
