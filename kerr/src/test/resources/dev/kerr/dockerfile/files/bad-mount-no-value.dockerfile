FROM debian
RUN --mount=type=bind,target true
