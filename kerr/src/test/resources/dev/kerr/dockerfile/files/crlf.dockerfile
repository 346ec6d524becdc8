# escape=\
FROM debian:12
RUN a \
  && b
COPY <<EOF /x
one
EOF
