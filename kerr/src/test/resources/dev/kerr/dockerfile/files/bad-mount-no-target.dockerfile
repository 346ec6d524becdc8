FROM debian
RUN --mount=type=cache,id=x true
