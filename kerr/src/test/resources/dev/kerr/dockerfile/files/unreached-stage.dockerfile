FROM debian AS a
FROM debian AS lonely
RUN never
FROM a
