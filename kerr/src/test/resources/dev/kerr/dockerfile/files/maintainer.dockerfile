FROM debian
MAINTAINER Some Body <some@body>
