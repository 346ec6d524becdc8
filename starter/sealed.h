/* A copy of this program that nobody can write to. */
#ifndef KERR_SEALED_H
#define KERR_SEALED_H

#include <stddef.h>

/* Goes on as a copy of the program in memory that nobody can write to, with the same arguments and environment; returns
 * if it is one. What root's payload finds as /proc/PID/exe of ours is then that copy: root may write to the file. */
void sealed_become(char **argv);

/* The path of the program's file, symbolic links resolved, whether it is a copy or not. */
void sealed_find(char *path, size_t size);

#endif
