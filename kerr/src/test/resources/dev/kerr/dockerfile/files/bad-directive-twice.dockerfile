# escape=`
# escape=`
FROM debian
