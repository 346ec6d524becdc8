package dev.kerr.cli;

import dev.kerr.linux.Account;
import dev.kerr.linux.Accounts;
import dev.kerr.linux.Credentials;
import dev.kerr.linux.SubIdFile;
import dev.kerr.linux.WholeFile;
import dev.kerr.log.Reason;
import dev.kerr.log.UserException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// `config fakeroot`: who has sub-ids to be root with in containers.
///
/// **Source:** apptainer `internal/app/apptainer/config_fakeroot_linux.go`, for what each act does.
final class FakerootConfig {
    private static final List<String> ACTS = List.of("add", "remove", "enable", "disable");
    private static final List<Path> FILES = List.of(Path.of("/etc/subuid"), Path.of("/etc/subgid"));

    private final Invocation invocation;

    FakerootConfig(Invocation invocation) {
        this.invocation = invocation;
    }

    int run() throws UsageException, UserException, IOException {
        List<String> operands = invocation.operands();
        if (operands.size() != 2) {
            throw usage("config fakeroot needs one user");
        }
        String act = act();
        if (Credentials.current().uid() != 0) {
            throw new UserException("only root may change who has sub-ids");
        }
        String name = operands.get(1);
        var account = Accounts.user(name);
        if (account.isEmpty()) {
            throw new UserException("user " + name + " does not exist");
        }
        var changed = new ArrayList<SubIdFile>(); // both files are right, or neither is touched
        for (Path file : FILES) {
            changed.add(changed(file, SubIdFile.read(file), act, account.get()));
        }
        for (int i = 0; i < FILES.size(); i++) {
            write(FILES.get(i), changed.get(i));
        }
        return ExitStatus.SUCCESS;
    }

    private String act() throws UsageException {
        return invocation
                .oneOf(ACTS)
                .orElseThrow(() -> usage("config fakeroot needs --add, --remove, --enable or --disable"));
    }

    static SubIdFile changed(Path file, SubIdFile before, String act, Account account) throws UserException {
        if (act.equals("add")) {
            return before.with(account).orElseThrow(() -> new UserException("no range of ids is free in " + file));
        }
        if (before.of(account).isEmpty()) {
            throw new UserException(
                    file + " has no range for " + account.name(), "kerr config fakeroot --add " + account.name());
        }
        return act.equals("remove") ? before.without(account) : before.with(account, act.equals("disable"));
    }

    private static void write(Path file, SubIdFile changed) throws UserException {
        try {
            if (!changed.equals(SubIdFile.read(file))) {
                WholeFile.writePublic(file, changed.text().getBytes(StandardCharsets.UTF_8));
            }
        } catch (IOException failed) {
            throw new UserException("cannot write " + file + ": " + Reason.of(failed));
        }
    }

    private static UsageException usage(String message) {
        return new UsageException(message, Optional.of(Command.CONFIG));
    }
}
