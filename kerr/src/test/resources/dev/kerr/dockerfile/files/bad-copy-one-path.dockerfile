FROM debian
COPY a
