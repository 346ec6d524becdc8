FROM debian AS tools
FROM debian
RUN --mount=type=bind,from=tools,source=/bin,target=/t,rw --mount=target=/src make
RUN --mount=type=cache,target=/root/.cache,id=pip,sharing=locked,mode=0700,uid=10,gid=20 --mount=type=cache,dst=/v pip install
RUN --mount=type=tmpfs,target=/tmp,size=64m --mount=type=TMPFS,destination=/x,ro true
RUN --mount=type=secret,id=key,required --mount=type=secret,id=tok,env=TOKEN --mount=type=secret,target=/etc/k,mode=0440,uid=1,gid=2,required=false --mount=type=secret,src=a/b,env= true
RUN --mount=type=bind,src=a,dst=b,readwrite=false --mount=type=cache,target=/w,readonly,from=scratch true
