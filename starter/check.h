/* The teaching program: what a container needs of the kernel, one call at a time. */
#ifndef KERR_CHECK_H
#define KERR_CHECK_H

/* Performs the smallest container set-up in a child process, prints a line for each step, and names the first that
 * fails with the setting that mends it. Returns the exit status: 0 if all steps succeed, else EXIT_FATAL. */
int check_host(void);

#endif
