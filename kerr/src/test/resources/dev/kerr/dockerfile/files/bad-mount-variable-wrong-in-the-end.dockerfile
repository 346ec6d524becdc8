FROM debian
ARG M=rwx
RUN --mount=type=cache,target=/x,mode=$M true
