# x
RUN true
FROM debian
