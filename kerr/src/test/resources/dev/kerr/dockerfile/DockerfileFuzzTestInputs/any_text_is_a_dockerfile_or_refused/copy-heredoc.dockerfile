FROM debian
ARG N=world
COPY <<EOF /hello.txt
Hello $N, \$N "quoted"
EOF
COPY <<"EOF" /raw.txt
Hello $N
EOF
COPY <<-TABS /tabs.txt
	one
		two
	TABS
