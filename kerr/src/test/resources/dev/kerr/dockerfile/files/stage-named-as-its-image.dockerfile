FROM nginx AS nginx
RUN a
