FROM debian
ARG DIR="/opt/my dir" NAME=x
COPY $NAME.txt "${DIR}/"
COPY \$NAME '$NAME' /c/
