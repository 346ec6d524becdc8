FROM debian
RUN --mount="type=bind,source=a b,target=/c" true
RUN --mount=type=bind,\"source=a,b\",target=/c true
