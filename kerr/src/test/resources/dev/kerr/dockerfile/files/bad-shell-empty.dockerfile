FROM debian
SHELL []
