FROM debian
RUN --mount=type=cache,target=/x,ro=perhaps true
