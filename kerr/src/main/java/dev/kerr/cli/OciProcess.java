package dev.kerr.cli;

import dev.kerr.linux.Capability;
import dev.kerr.linux.Fields;
import dev.kerr.log.UserException;
import dev.kerr.runtime.BundleConfig;
import dev.kerr.runtime.BundleConfig.Rights;
import dev.kerr.runtime.BundleConfig.User;
import dev.kerr.runtime.ConfigReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// The process of an `oci exec`: that of a file, or that of the container with another command.
final class OciProcess {
    private final Invocation invocation;

    OciProcess(Invocation invocation) {
        this.invocation = invocation;
    }

    /// @param first the container's
    /// @param command empty if a file names it
    BundleConfig.Payload of(BundleConfig.Payload first, List<String> command)
            throws UsageException, UserException, IOException {
        var file = invocation.value("process");
        if (file.isPresent()) {
            return ConfigReader.readProcess(file.get(), ConfigReader.bytes(Path.of(file.get())));
        }
        if (command.isEmpty()) {
            throw new UsageException("oci exec needs a command, or --process", Optional.of(Command.OCI));
        }
        String directory = invocation.value("cwd").orElse(first.directory());
        if (!directory.startsWith("/")) {
            throw new UserException("--cwd " + directory + " is not absolute");
        }
        return new BundleConfig.Payload(
                invocation.flag("tty"),
                first.console(),
                user(first.user()),
                command,
                environment(first.environment()),
                directory,
                rights(first.rights()),
                first.rlimits(),
                OptionalInt.empty(),
                first.labels());
    }

    private List<String> environment(List<String> first) throws UserException {
        var environment = new ArrayList<>(first);
        for (String variable : invocation.values("env")) {
            if (variable.indexOf('=') < 1) {
                throw new UserException("--env " + variable + " is not NAME=value");
            }
            environment.add(variable);
        }
        return environment;
    }

    private User user(User first) throws UserException {
        var groups = new ArrayList<>(first.groups());
        for (String group : invocation.items("additional-gids")) {
            groups.add(id("additional-gids", group));
        }
        var text = invocation.value("user");
        if (text.isEmpty()) {
            return new User(first.uid(), first.gid(), groups, first.umask());
        }
        int colon = text.get().indexOf(':');
        String uid = colon < 0 ? text.get() : text.get().substring(0, colon);
        int gid = colon < 0 ? first.gid() : id("user", text.get().substring(colon + 1));
        return new User(id("user", uid), gid, groups, first.umask());
    }

    private static int id(String option, String text) throws UserException {
        int id = Fields.id(text);
        if (id < 0) {
            throw new UserException("--" + option + " " + text + " is no id", "it is a number, such as 1000");
        }
        return id;
    }

    private Rights rights(Rights first) throws UserException {
        long added = 0;
        for (String word : invocation.items("cap")) {
            added |= Capability.named(word).orElseThrow(() -> new UserException("--cap " + word + " is no capability"));
        }
        return new Rights(
                first.noNewPrivileges() || invocation.flag("no-new-privs"),
                first.bounding() | added,
                first.effective() | added,
                first.permitted() | added,
                first.inheritable(),
                first.ambient());
    }
}
