FROM	debian:12	AS	x
RUN		make
WORKDIR	/a
