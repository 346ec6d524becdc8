FROM debian
ENV A=1 \
    B=2 \
    # why
    C=3
