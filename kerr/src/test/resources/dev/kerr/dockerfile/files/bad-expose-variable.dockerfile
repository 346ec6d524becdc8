FROM debian
ARG P=x

EXPOSE 1$P
