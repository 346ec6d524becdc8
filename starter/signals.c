#include "signals.h"

#include <signal.h>

struct signals signals_take(void) {
    return (struct signals){.child = signal(SIGCHLD, SIG_DFL),
                            .pipe = signal(SIGPIPE, SIG_IGN),
                            .file_size = signal(SIGXFSZ, SIG_IGN)};
}

void signals_give_back(const struct signals *signals) {
    signal(SIGCHLD, signals->child);
    signal(SIGPIPE, signals->pipe);
    signal(SIGXFSZ, signals->file_size);
}
