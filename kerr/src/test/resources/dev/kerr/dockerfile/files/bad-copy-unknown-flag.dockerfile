FROM debian
COPY --chwon=1 a b
