FROM debian
ENV A=$http_proxy
ARG http_proxy
ENV B=$http_proxy
