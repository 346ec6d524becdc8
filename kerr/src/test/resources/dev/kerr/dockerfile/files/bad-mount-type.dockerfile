FROM debian
RUN --mount=type=cach,target=/x true
