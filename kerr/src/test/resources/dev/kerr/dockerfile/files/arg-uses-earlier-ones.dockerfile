FROM debian
ARG A=1 B=${A}2 C="${B} 3"
ENV X=$C
