FROM debian
ADD --from=x a b
