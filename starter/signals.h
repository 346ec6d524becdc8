/* Signal dispositions of the caller that would get in our way: a caller may ignore SIGCHLD (then nothing can be waited
 * for), and neither a peer that has died nor a limit of file size must end us without a word, by SIGPIPE or SIGXFSZ.
 * The payload gets them back as they were. */
#ifndef KERR_SIGNALS_H
#define KERR_SIGNALS_H

#include <signal.h>

typedef void (*signal_disposition)(int);

struct signals {
    signal_disposition child, pipe, file_size;
};

/* Takes SIGCHLD to its default and ignores SIGPIPE and SIGXFSZ; returns what was before. */
struct signals signals_take(void);

void signals_give_back(const struct signals *signals);

/* sigprocmask(2), or the end. */
void signals_mask(int how, const sigset_t *signals, sigset_t *before);

#endif
