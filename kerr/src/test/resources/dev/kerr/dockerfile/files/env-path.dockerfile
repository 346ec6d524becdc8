FROM debian
ENV PATH=/opt/bin:$PATH
