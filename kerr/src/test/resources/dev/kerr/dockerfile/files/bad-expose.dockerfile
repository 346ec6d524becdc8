FROM debian
EXPOSE http
