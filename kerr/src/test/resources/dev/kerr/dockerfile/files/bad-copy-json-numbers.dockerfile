FROM debian
COPY ["a", 1]
