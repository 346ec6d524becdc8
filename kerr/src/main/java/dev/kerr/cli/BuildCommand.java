package dev.kerr.cli;

final class BuildCommand {
    BuildCommand(Session session, Invocation invocation) {}

    int run() {
        return 0;
    }
}
