FROM debian
RUN <<EOF
set -e
# a comment that stays

echo $HOME
EOF
RUN true
