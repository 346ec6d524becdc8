FROM debian
VOLUME ["/a", " "]
