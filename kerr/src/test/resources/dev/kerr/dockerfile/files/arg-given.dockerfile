FROM debian
ARG GIVEN=default
ARG OTHER=default NONE
ENV A=$GIVEN B=$OTHER C=${NONE:-nothing}
