FROM debian
COPY --from= /x /x
