ARG FLAVOUR=small
FROM alpine AS small
FROM debian AS large
FROM $FLAVOUR
RUN true
