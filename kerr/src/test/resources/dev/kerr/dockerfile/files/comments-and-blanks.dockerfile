# made by hand

   # indented
FROM debian:12

	# tab
   RUN true
