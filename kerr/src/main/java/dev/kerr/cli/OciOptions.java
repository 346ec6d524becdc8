package dev.kerr.cli;

import static dev.kerr.cli.Option.Kind.FLAG;
import static dev.kerr.cli.Option.Kind.LIST;
import static dev.kerr.cli.Option.Kind.REPEATED;
import static dev.kerr.cli.Option.Kind.VALUE;
import static dev.kerr.cli.Option.State.AVAILABLE;
import static dev.kerr.cli.Option.State.HIDDEN;

import java.util.ArrayList;
import java.util.List;

/// The rows of the option table for `oci`, with the names that other runtimes and Apptainer have for them.
final class OciOptions {
    private static final String MAKING = "create,run";
    private static final String ALL_MAKING = "create,run,exec";

    private OciOptions() {}

    static List<Option> rows(Commands oci) {
        var t = new ArrayList<Option>();
        t.add(Options.row("root", ' ', VALUE, "DIR", "", "where the containers' state is", oci, AVAILABLE));
        t.add(Options.row("log", ' ', VALUE, "FILE", "", "say errors in this file too", oci, AVAILABLE));
        t.add(Options.row("log-format", ' ', VALUE, "FORMAT", "", "of that file: text or json", oci, AVAILABLE));
        t.add(Options.row("debug", ' ', FLAG, "", "", "say more", oci, HIDDEN));
        t.add(Options.row("systemd-cgroup", ' ', FLAG, "", "", "is refused", oci, HIDDEN));
        t.add(Options.row("rootless", ' ', VALUE, "BOOL", "", "is found out", oci, HIDDEN));
        t.add(Options.row("criu", ' ', VALUE, "FILE", "", "is not used", oci, HIDDEN));
        t.add(Options.row("version", ' ', FLAG, "", "", "show the version", oci, HIDDEN));
        making(t, oci);
        executing(t, oci);
        controlling(t, oci);
        updating(t, oci);
        return t;
    }

    private static void making(List<Option> t, Commands oci) {
        t.add(Options.row(oci, MAKING, "bundle", 'b', VALUE, "DIR", "BUNDLE", "the bundle; the working directory"));
        t.add(Options.row(oci, ALL_MAKING, "pid-file", ' ', VALUE, "FILE", "PID_FILE", "write its number to"));
        t.add(Options.row(oci, ALL_MAKING, "console-socket", ' ', VALUE, "FILE", "", "send its terminal to"));
        t.add(Options.row(oci, ALL_MAKING, "preserve-fds", ' ', VALUE, "N", "", "leave it so many more open files"));
        t.add(Options.row(oci, MAKING, "no-new-keyring", ' ', FLAG, "", "", "leave it the caller's session keyring"));
        t.add(Options.row(oci, "run,exec", "detach", 'd', FLAG, "", "", "do not wait for its end"));
        t.add(Options.row(
                oci, "create,run,exec,start,delete", "dry-run", ' ', FLAG, "", "", "print the plan, and do nothing"));
    }

    private static void executing(List<Option> t, Commands oci) {
        t.add(Options.row(oci, "exec", "process", 'p', VALUE, "FILE", "", "the process, as in config.json"));
        t.add(Options.row(oci, "exec", "tty", 't', FLAG, "", "", "it has a terminal"));
        t.add(Options.row(oci, "exec", "cwd", ' ', VALUE, "DIR", "", "where it starts"));
        t.add(Options.row(oci, "exec", "env", 'e', REPEATED, "NAME=VALUE", "", "one more variable"));
        t.add(Options.row(oci, "exec", "user", 'u', VALUE, "UID[:GID]", "", "its user"));
        t.add(Options.row(oci, "exec", "additional-gids", 'g', LIST, "GIDS", "", "more groups"));
        t.add(Options.row(oci, "exec", "cap", 'c', LIST, "CAPS", "", "more capabilities"));
        t.add(Options.row(oci, "exec", "no-new-privs", ' ', FLAG, "", "", "it gains no privilege"));
    }

    private static void controlling(List<Option> t, Commands oci) {
        t.add(Options.row(oci, "delete,kill", "force", 'f', FLAG, "", "FORCE", "end it first; by SIGKILL"));
        t.add(Options.row(oci, "kill", "signal", 's', VALUE, "SIGNAL", "SIGNAL", "another than SIGTERM"));
        t.add(Options.row(oci, "kill", "all", 'a', FLAG, "", "", "to all of its processes"));
        t.add(Options.row(oci, "list,ps", "format", 'f', VALUE, "FORMAT", "", "table or json"));
        t.add(Options.row(oci, "list", "quiet", 'q', FLAG, "", "", "only ids"));
    }

    private static void updating(List<Option> t, Commands oci) {
        t.add(Options.row(
                oci, "update", "resources", 'r', VALUE, "FILE", "", "limits, as in config.json; - for input"));
        t.add(Options.row(oci, "update", "from-file", 'f', VALUE, "FILE", "FROM_FILE", "the same"));
        for (String[] row : new String[][] {
            {"blkio-weight", "N", "weight for disks, 10 to 1000"},
            {"cpu-period", "US", "the period of --cpu-quota, in µs"},
            {"cpu-quota", "US", "processor time a period, in µs"},
            {"cpu-share", "N", "weight for processors, 2 to 262144"},
            {"cpuset-cpus", "LIST", "these processors, such as 0-3,7"},
            {"cpuset-mems", "LIST", "these memory nodes"},
            {"memory", "BYTES", "so much memory at most"},
            {"memory-reservation", "BYTES", "what is left when memory is short"},
            {"memory-swap", "BYTES", "memory and swap together"},
            {"pids-limit", "N", "so many processes and threads at most"},
        }) {
            t.add(Options.row(oci, "update", row[0], ' ', VALUE, row[1], "", row[2]));
        }
    }
}
