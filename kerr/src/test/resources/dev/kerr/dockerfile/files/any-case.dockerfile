from debian:12 As base
rUn make
EnV a=b
