FROM debian
COPY a /b
COPY a b* c? /dir/
COPY ["a file", "another", "/dir with blank/"]
