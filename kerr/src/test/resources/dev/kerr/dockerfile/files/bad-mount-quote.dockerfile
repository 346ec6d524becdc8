FROM debian
RUN --mount=type=bind,\"target=/x true
