FROM --platfrom=x debian
