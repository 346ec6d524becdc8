FROM debian
RUN <<EOF
echo
 EOF
