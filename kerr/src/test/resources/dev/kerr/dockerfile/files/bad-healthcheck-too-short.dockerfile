FROM debian
HEALTHCHECK --timeout=1us CMD x
