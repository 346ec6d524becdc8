FROM debian
COPY <<EOF /Dockerfile
FROM other
RUN <<X
X
EOF
RUN true
