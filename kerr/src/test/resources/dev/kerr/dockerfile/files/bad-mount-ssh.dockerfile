FROM debian
RUN --mount=type=ssh true
