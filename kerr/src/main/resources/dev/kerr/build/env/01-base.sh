#!/bin/sh
# The scripts of this directory are read in the order of their names whenever something starts in this image.
# This one is the first and sets nothing.
