#!/bin/sh
# Libraries of the host, such as those of its GPU driver, are bound below this directory.

LD_LIBRARY_PATH="${LD_LIBRARY_PATH:+$LD_LIBRARY_PATH:}/.singularity.d/libs"
PS1="${PS1:-Kerr> }"
export LD_LIBRARY_PATH PS1
