FROM debian
RUN cat << EOF
x
EOF
COPY << EOF /y
y
EOF
