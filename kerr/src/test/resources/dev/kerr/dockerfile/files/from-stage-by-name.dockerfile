FROM debian AS Base
RUN a
FROM base
RUN b
