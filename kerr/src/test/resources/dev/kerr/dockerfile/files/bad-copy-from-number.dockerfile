FROM debian
COPY --from=0 a b
