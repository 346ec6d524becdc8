FROM debian
ENV NAME a value  with   blanks
ENV Q "quoted value"
ENV E a=b
