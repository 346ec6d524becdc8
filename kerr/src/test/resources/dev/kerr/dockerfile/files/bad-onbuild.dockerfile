FROM debian

ONBUILD RUN make
