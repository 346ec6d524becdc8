FROM debian
ENV B=${A!x}
