#!/bin/sh
# What the definition file says under %environment.

