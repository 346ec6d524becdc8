#!/usr/bin/env bash
# The C program alone, by plans made by hand.
here=$(dirname "$(readlink -f "$0")")
exec sh "$here/../starter/test/perform_test.sh" "${KERR:-$here/../build/dist/bin/kerr}"
