FROM debian
RUN --mount=type=secret,id=a,source=b true
