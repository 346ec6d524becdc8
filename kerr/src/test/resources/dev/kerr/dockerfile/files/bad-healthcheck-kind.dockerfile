FROM debian
HEALTHCHECK curl x
