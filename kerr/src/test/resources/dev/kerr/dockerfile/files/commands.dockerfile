FROM debian
ENTRYPOINT ["/bin/x", "$HOME", "\u00e9\n"]
CMD opt $HOME "two words"
ENTRYPOINT exec top -b
CMD []
