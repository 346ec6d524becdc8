FROM debian
RUN
