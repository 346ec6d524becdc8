FROM debian:12
RUN first \
# a comment between
    # and an indented one
  && second
RUN third # not a comment of ours
