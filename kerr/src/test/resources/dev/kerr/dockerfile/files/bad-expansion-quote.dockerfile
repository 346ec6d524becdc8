FROM debian
WORKDIR "/a
