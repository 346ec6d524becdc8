FROM debian
ENV A= B="" C=''
