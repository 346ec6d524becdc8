FROM debian AS a
ARG B=x
FROM image:${B:?missing}
