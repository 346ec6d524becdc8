FROM debian AS one
FROM debian AS two
FROM debian AS three
FROM debian AS four
COPY --from=two /a /a
RUN --mount=type=bind,from=one,target=/one true
RUN --mount=type=cache,from=0,target=/c true
COPY --from=busybox:1.36 /bin/sh /bin/sh
