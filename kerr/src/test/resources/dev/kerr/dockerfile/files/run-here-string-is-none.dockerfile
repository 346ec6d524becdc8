FROM debian
RUN cat <<<"text" && cat <<< word
RUN echo "<<EOF" '<<EOF' a<<b
