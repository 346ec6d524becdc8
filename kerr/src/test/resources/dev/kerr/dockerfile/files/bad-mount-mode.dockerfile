FROM debian
RUN --mount=type=cache,target=/x,mode=0789 true
