FROM debian
RUN --mount=type=cache,target=/x,sharing=looked true
