FROM debian
RUN --mount=type=secret,id=a,env true
