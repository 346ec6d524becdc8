FROM debian
RUN --network=none -- --mount=x
RUN cmd --mount=x
