FROM debian
FROM 0
RUN b
