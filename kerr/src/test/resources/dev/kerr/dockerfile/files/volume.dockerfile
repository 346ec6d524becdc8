FROM debian
ENV V=/v
VOLUME /a /b  /c
VOLUME ["/with blank", "$V/x"]
