FROM debian

  RUM make
