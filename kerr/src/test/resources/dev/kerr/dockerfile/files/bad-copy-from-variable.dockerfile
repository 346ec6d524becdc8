ARG V=a
FROM debian AS a
FROM debian
COPY --from=$V /x /x
