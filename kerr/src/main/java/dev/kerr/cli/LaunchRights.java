package dev.kerr.cli;

import dev.kerr.config.Config;
import dev.kerr.container.Host;
import dev.kerr.container.Rights;
import dev.kerr.container.RootChoice;
import dev.kerr.container.RootMapping;
import dev.kerr.linux.Capability;
import dev.kerr.linux.Group;
import dev.kerr.linux.Inputs;
import dev.kerr.log.UserException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/// What a launch may do that an ordinary process may not, from what was typed and what the site says.
final class LaunchRights {
    private final Invocation invocation;
    private final Config config;
    private final Host host;
    private final Path capabilityFile;
    private final Inputs inputs;

    /// @param capabilityFile what root has with `root default capabilities = file`
    /// @param inputs is told of the file, if it is read
    LaunchRights(Invocation invocation, Config config, Host host, Path capabilityFile, Inputs inputs) {
        this.invocation = invocation;
        this.config = config;
        this.host = host;
        this.capabilityFile = capabilityFile;
        this.inputs = inputs;
    }

    /// How the caller is to be root in a container, or in the steps of a build.
    static RootChoice root(Invocation invocation, Host host, Config config) throws UserException, IOException {
        if (invocation.flag("ignore-userns") && !host.credentials().mayMount()) {
            throw new UserException(
                    "--ignore-userns leaves no way to be root: without a user namespace only root runs containers");
        }
        var leftOut = new ArrayList<RootMapping>();
        if (invocation.flag("ignore-subuid")) {
            leftOut.add(RootMapping.SUB_IDS);
        }
        if (invocation.flag("ignore-fakeroot-command")) {
            leftOut.add(RootMapping.EMULATED);
        }
        return RootChoice.of(host, config, leftOut);
    }

    Rights rights() throws UserException, IOException {
        long added = capabilities("add-caps");
        long dropped = capabilities("drop-caps");
        boolean setuid = invocation.flag("allow-setuid");
        OptionalLong root = root();
        if (setuid) {
            checkSetuid(root);
        }
        if (!isRoot()) {
            return new Rights(root, added, dropped, false);
        }
        long own = host.credentials().capabilities();
        long given = added == Capability.ALL ? own : added;
        if ((given & ~own) != 0) {
            throw new UserException(
                    "--add-caps cannot give " + String.join(", ", Capability.names(given & ~own))
                            + ": kerr was started without",
                    "start it from a shell of root's that has all capabilities");
        }
        return new Rights(root, given, dropped, setuid);
    }

    private boolean isRoot() {
        return host.credentials().mayMount();
    }

    /// What a payload that is root has at first.
    private OptionalLong root() throws UserException, IOException {
        boolean none = invocation.flag("no-privs");
        if (invocation.flag("keep-privs")) {
            if (none) {
                throw new UserException("--keep-privs and --no-privs contradict each other");
            }
            if (host.credentials().uid() != 0) {
                throw new UserException("--keep-privs is for root alone: others have no privileges to keep");
            }
            return OptionalLong.empty();
        }
        if (none) {
            return OptionalLong.of(0);
        }
        var site = config.users().rootCapabilities();
        if (host.credentials().uid() != 0 || site == Config.RootCapabilities.FULL) {
            return OptionalLong.empty();
        }
        return OptionalLong.of(site == Config.RootCapabilities.NO ? 0 : ofFile());
    }

    private long ofFile() throws UserException, IOException {
        inputs.content(capabilityFile);
        var file = CapabilityFile.read(capabilityFile);
        long set = file.users().set("root");
        for (Group group : host.groups()) {
            set |= file.groups().set(group.name());
        }
        return set & host.credentials().capabilities();
    }

    private void checkSetuid(OptionalLong root) throws UserException {
        if (!isRoot()) {
            throw new UserException(
                    "--allow-setuid is for root alone: setuid programs cannot give a user more than the user has",
                    "--fakeroot makes you root in the container");
        }
        if (root.isPresent() && root.getAsLong() == 0) {
            throw new UserException(
                    "--allow-setuid has no effect for a payload without privileges",
                    invocation.flag("no-privs") ? "leave out --no-privs" : "add --keep-privs");
        }
    }

    private long capabilities(String option) throws UserException {
        List<String> items = invocation.items(option);
        long set = 0;
        for (String item : items) {
            var named = Capability.named(item);
            if (named.isEmpty()) {
                throw new UserException(
                        "--" + option + " " + item + " names no capability", "`kerr capability avail` lists them");
            }
            set |= named.getAsLong();
        }
        return set;
    }
}
