FROM debian
LABEL a=1 =1
