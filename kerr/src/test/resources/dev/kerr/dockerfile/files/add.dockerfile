FROM debian
ENV S=abc
ADD https://example.org/a.tar.gz /tmp/
ADD --checksum=sha256:$S --chown=1:2 --chmod=644 --link --unpack=false --exclude=*.md a.tar.gz /x/
ADD --keep-git-dir=true --unpack https://example.org/r.git#v1 /r
ADD <<F /f
text
F
