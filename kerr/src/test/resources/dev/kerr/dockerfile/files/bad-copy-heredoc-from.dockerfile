FROM debian
FROM debian
COPY --from=0 <<EOF /x
x
EOF
