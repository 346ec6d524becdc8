FROM debian
RUN --mount=from=b,target=/x true
FROM debian AS b
