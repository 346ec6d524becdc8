FROM debian
COPY ["a"]
