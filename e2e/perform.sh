#!/usr/bin/env bash
# The C program alone, by plans made by hand.
exec sh "$(dirname "$0")/../starter/test/perform_test.sh" "$KERR"
