# syntax=docker/dockerfile:1.7 with words
#check = skip=JSONArgsRecommended;error=true
# ESCAPE = `
FROM debian:12
RUN a `
  b
ENV P=C:\dir Q=a`"b
