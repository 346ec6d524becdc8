FROM debian
LABEL maintainer="A <a@b>" "com.example.x"="y z" v=1.0
LABEL old form of it
ENV V=3
LABEL multi="one \
two" version=${V}
