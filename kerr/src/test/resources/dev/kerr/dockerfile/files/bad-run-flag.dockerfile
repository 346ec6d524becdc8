FROM debian
RUN --mout=x true
