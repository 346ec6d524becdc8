package dev.kerr.cli;

import dev.kerr.config.Variables;
import dev.kerr.container.Bind;
import dev.kerr.container.ContainerSpec.Home;
import dev.kerr.container.ContainerSpec.HostView;
import dev.kerr.container.Host;
import dev.kerr.log.UserException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What a launch sees of the host, from what was typed.
final class LaunchView {
    private final Invocation invocation;
    private final Variables variables;
    private final Host host;

    LaunchView(Invocation invocation, Variables variables, Host host) {
        this.invocation = invocation;
        this.variables = variables;
        this.host = host;
    }

    /// @param mode what an image of Docker's says
    HostView view(OciMode mode) throws UserException {
        var home = home();
        if (home.isPresent() && invocation.flag("no-home")) {
            throw new UserException("--home and --no-home contradict each other");
        }
        var leftOut = new ArrayList<>(invocation.items("no-mount"));
        if (invocation.flag("no-home")) {
            leftOut.add("home");
        }
        var workDirectory = invocation.value("workdir");
        List<String> scratch = scratch();
        if (mode.isMade()) {
            mode.directory().ifPresent(scratch::add);
        }
        return new HostView(
                binds(),
                home,
                isContained(invocation),
                leftOut,
                scratch,
                workDirectory.isPresent() ? Optional.of(absolute(workDirectory.get())) : Optional.empty(),
                invocation.value("cwd").or(() -> invocation.value("pwd")).or(mode::directory));
    }

    static boolean isContained(Invocation invocation) {
        return invocation.flag("contain") || invocation.flag("containall") || invocation.flag("compat");
    }

    /// The variables' binds are added to the options', nothing is lost.
    private List<Bind> binds() throws UserException {
        List<Bind> binds = lists();
        for (String name : List.of("BIND", "BINDPATH")) {
            var list = variables.setting(name);
            if (list.isPresent()) {
                binds.addAll(Bind.parse(list.get(), host.workingDirectory()));
            }
        }
        for (String item : invocation.items("data")) {
            binds.add(Bind.ofData(item, host.workingDirectory()));
        }
        binds.addAll(mounts());
        return binds;
    }

    /// The binds of a build. Those that variables list are for launches: a new root file system lacks their targets.
    List<Bind> bindsOfBuild() throws UserException {
        List<Bind> binds = lists();
        binds.addAll(mounts());
        return binds;
    }

    private List<Bind> lists() throws UserException {
        var binds = new ArrayList<Bind>();
        for (String list : given("bind")) {
            binds.addAll(Bind.parse(list, host.workingDirectory()));
        }
        return binds;
    }

    private List<Bind> mounts() throws UserException {
        var binds = new ArrayList<Bind>();
        for (String line : given("mount")) {
            binds.addAll(Bind.parseMounts(line, host.workingDirectory()));
        }
        var lines = variables.setting("MOUNT");
        if (lines.isPresent()) {
            binds.addAll(Bind.parseMounts(lines.get(), host.workingDirectory()));
        }
        return binds;
    }

    private List<String> given(String option) {
        var values = invocation.given().get(option);
        return values == null ? List.of() : values;
    }

    private Optional<Home> home() throws UserException {
        var value = invocation.value("home");
        if (value.isEmpty()) {
            return Optional.empty();
        }
        int colon = value.get().indexOf(':');
        String source = absolute(colon < 0 ? value.get() : value.get().substring(0, colon));
        String target = colon < 0 ? source : value.get().substring(colon + 1);
        if (value.get().isEmpty() || !target.startsWith("/") || target.equals("/") || target.indexOf(':') >= 0) {
            throw new UserException(
                    "--home " + value.get() + " is not SOURCE or SOURCE:/TARGET", "the target is absolute, and not /");
        }
        return Optional.of(new Home(source, target));
    }

    private List<String> scratch() throws UserException {
        var directories = new ArrayList<String>();
        for (String item : invocation.items("scratch")) {
            if (!item.startsWith("/") || Path.of(item).normalize().getNameCount() == 0 || item.contains("..")) {
                throw new UserException(
                        "--scratch " + item + " is no absolute path below /", "name it from the container's root");
            }
            directories.add(item);
        }
        return directories;
    }

    private String absolute(String path) {
        return path.startsWith("/") ? path : host.workingDirectory() + "/" + path;
    }
}
