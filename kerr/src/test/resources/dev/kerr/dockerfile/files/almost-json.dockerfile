FROM debian
RUN [ -f /x ] && echo "yes"
RUN ["unclosed"
CMD ['single']
RUN ["a",]
COPY [a b] /c/
