FROM debian
FROM 2
