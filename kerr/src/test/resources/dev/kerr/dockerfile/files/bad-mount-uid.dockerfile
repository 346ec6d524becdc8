FROM debian
RUN --mount=type=cache,target=/x,uid=me true
