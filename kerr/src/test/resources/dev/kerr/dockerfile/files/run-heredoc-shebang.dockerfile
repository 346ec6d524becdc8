FROM debian
RUN <<SCRIPT
#!/usr/bin/env python3
print("hi")
SCRIPT
RUN <<-"X"
	#!/bin/sh
	echo a
	X
