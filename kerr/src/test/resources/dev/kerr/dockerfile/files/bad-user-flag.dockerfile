FROM debian
USER --x me
