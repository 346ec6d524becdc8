FROM debian
ARG A="a b" B='$A' C=
