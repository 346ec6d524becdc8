package dev.kerr.cli;

final class InspectCommand {
    InspectCommand(Session session, Invocation invocation) {}

    int run() {
        return 0;
    }
}
