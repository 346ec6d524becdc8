FROM debian
ENV B=${A?missing}
