FROM debian
RUN --network=nome true
