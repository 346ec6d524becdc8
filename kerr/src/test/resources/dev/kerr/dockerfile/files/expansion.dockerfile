FROM debian
ARG F=archive.tar.gz E=
ENV A=${F%.gz} B=${F%%.*} C=${F#*.} D=${F##*.} G=${F/tar/zip} H=${F//a/A} I=${E:-d} J=${E-d} K=${E:+s} L=${F:+s} M=${NOPE+s} N=$NOPE$F
