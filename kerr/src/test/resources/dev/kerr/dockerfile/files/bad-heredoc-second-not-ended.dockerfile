FROM debian
COPY <<A <<B /x/
a
A
b
