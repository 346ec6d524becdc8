FROM debian
ARG X=arg
ENV X=env
ENV Y=$X
ARG X=later
ENV Z=$X
