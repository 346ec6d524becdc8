#!/usr/bin/env bash
# The file system server alone, on images made for it.
here=$(dirname "$(readlink -f "$0")")
kerr=$(readlink -f "${KERR:-$here/../build/dist/bin/kerr}")
if [ -n "${E2E_DIVIDED-}" ] && [ "$(id -u)" = 0 ]; then
  echo 'ok fileserver: serves images # skipped: the ordinary user shows it'
  echo '# fileserver: 0 passed, 0 failed, 1 skipped'
  exit
fi
exec bash "$here/../fileserver/test/mount_test.sh" "${kerr%/bin/kerr}/lib/kerr/squashfs-server"
