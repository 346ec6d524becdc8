FROM debian AS x
FROM debian
ENV U=7
COPY --from=x --chown=$U:staff --chmod=u+x,go-w --link --parents --exclude=*.o --exclude=**/tmp a b /c/
COPY --link=false --parents=true a /c/
COPY -- --odd /c/
