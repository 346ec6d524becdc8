package dev.kerr.container;

import dev.kerr.config.Config;
import dev.kerr.linux.Account;
import dev.kerr.linux.Lack;
import dev.kerr.linux.ProgramPrivilege;
import dev.kerr.linux.SubIdFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// What a user lacks to be root with sub-ids.
///
/// **Source:** newuidmap(1), newgidmap(1), subuid(5).
public final class SubIdLacks {
    private static final List<Path> FILES = List.of(Path.of("/etc/subuid"), Path.of("/etc/subgid"));

    private SubIdLacks() {}

    /// All of it; nothing if sub-ids can be had.
    public static List<Lack> of(Host host, Config config) throws IOException {
        var lacks = new ArrayList<Lack>();
        for (Path file : FILES) {
            range(file, SubIdFile.read(file), host.account(), lacks);
        }
        program(config, "newuidmap", "cap_setuid", lacks);
        program(config, "newgidmap", "cap_setgid", lacks);
        if (lacks.isEmpty() && ProgramPrivilege.isForbidden()) {
            lacks.add(new Lack(
                    "newuidmap can have no privilege here: kerr was started with no_new_privs",
                    "start it outside of the container, service or sandbox that set this"));
        }
        return lacks;
    }

    static void range(Path file, SubIdFile content, Account account, List<Lack> lacks) {
        var entries = content.of(account);
        if (entries.isEmpty()) {
            lacks.add(new Lack(
                    file + " has no range for " + account.name(),
                    "root: kerr config fakeroot --add " + account.name()));
        } else if (entries.stream().allMatch(SubIdFile.Entry::disabled)) {
            lacks.add(new Lack(
                    file + " has the range of " + account.name() + " disabled",
                    "root: kerr config fakeroot --enable " + account.name()));
        }
    }

    private static void program(Config config, String name, String capability, List<Lack> lacks) throws IOException {
        var program = Host.program(config, name);
        if (program.isEmpty()) {
            lacks.add(new Lack(
                    name + " is not installed", "root: install the package uidmap (shadow-utils on RHEL and SUSE)"));
        } else if (!ProgramPrivilege.has(Path.of(program.get()))) {
            lacks.add(new Lack(
                    program.get() + " is neither setuid root nor has it file capabilities",
                    "root: chmod u+s " + program.get() + ", or: setcap " + capability + "+ep " + program.get()));
        }
    }

    /// Ranges of the user's that others have too.
    public static List<Lack> overlaps(Host host) throws IOException {
        var lacks = new ArrayList<Lack>();
        for (Path file : FILES) {
            overlaps(file, SubIdFile.read(file), host.account(), lacks);
        }
        return lacks;
    }

    static void overlaps(Path file, SubIdFile content, Account account, List<Lack> lacks) {
        for (SubIdFile.Entry other : content.overlapping(account)) {
            lacks.add(new Lack(
                    file + " gives " + other.owner() + " ids that " + account.name() + " has too: line "
                            + (other.line() + 1),
                    "root: give each a range of its own"));
        }
    }
}
