FROM debian
ENV B=${}
