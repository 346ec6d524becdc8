FROM debian
ENV K=name
ENV PRE_$K=1
