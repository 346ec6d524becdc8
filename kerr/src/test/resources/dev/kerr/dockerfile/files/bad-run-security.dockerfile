FROM debian
RUN --security=insecure true
