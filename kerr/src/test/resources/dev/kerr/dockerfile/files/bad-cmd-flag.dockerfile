FROM debian
CMD --opt x
