FROM debian AS a
COPY --from=b /x /x
FROM debian AS b
