FROM debian
RUN --mount=type=bind,tarjet=/x true
