FROM debian
ENV A=1 B="two words" C=three\ words D='single $A' E="x $FROM_BASE"
