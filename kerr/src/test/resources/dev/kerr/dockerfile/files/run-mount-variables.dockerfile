FROM debian
ARG DIR=/cache UID=7 T=cache
RUN --mount=type=$T,target=${DIR},uid=$UID,id="a b" make
