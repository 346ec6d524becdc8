FROM debian AS a
FROM debian AS b
FROM debian AS A
