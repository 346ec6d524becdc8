#define _GNU_SOURCE
#include "signals.h"

#include "fail.h"

static signal_disposition set(int number, signal_disposition disposition) {
    const signal_disposition before = signal(number, disposition);
    check(before != SIG_ERR, "cannot set the disposition of signal %d", number);
    return before;
}

struct signals signals_take(void) {
    return (struct signals){.child = set(SIGCHLD, SIG_DFL),
                            .pipe = set(SIGPIPE, SIG_IGN),
                            .file_size = set(SIGXFSZ, SIG_IGN)};
}

void signals_give_back(const struct signals *signals) {
    set(SIGCHLD, signals->child);
    set(SIGPIPE, signals->pipe);
    set(SIGXFSZ, signals->file_size);
}

void signals_mask(int how, const sigset_t *signals, sigset_t *before) {
    check(sigprocmask(how, signals, before) == 0, "cannot block or unblock signals");
}
