FROM debian
USER 'me
