FROM debian
RUN ["a", {"b": [1, null]}]
