FROM debian
RUN echo "$HOME" 'x' $((1+2))
RUN ["/bin/echo", "$HOME"]
RUN   spaced   out   
