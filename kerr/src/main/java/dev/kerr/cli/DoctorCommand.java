package dev.kerr.cli;

final class DoctorCommand {
    DoctorCommand(Session session) {}

    int run() {
        return 0;
    }
}
