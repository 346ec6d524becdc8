ARG BASE=scratch
FROM "$BASE"
