FROM debian
COPY <<a <<b plain.txt /dir/
first
a
second
b
RUN true
