package dev.kerr.cli;

import dev.kerr.cgroups.Hierarchy;
import dev.kerr.cgroups.HostFiles;
import dev.kerr.container.ContainerSpec;
import dev.kerr.container.JoinPlanner;
import dev.kerr.container.Joined;
import dev.kerr.container.Op;
import dev.kerr.container.OpCode;
import dev.kerr.container.Plan;
import dev.kerr.image.DirectoryTree;
import dev.kerr.instance.Instance;
import dev.kerr.instance.InstanceName;
import dev.kerr.linux.Account;
import dev.kerr.log.UserException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// A launch in an instance: `exec instance://name …`.
final class InstanceJoin {
    /// What does something there; the rest was decided when the instance was started.
    private static final Set<String> OPTIONS = Set.of(
            "help",
            "env",
            "env-file",
            "cleanenv",
            "no-env",
            "no-eval",
            "app",
            "shell",
            "cwd",
            "pwd",
            "no-umask",
            "dry-run",
            "replan");

    private final Session session;
    private final Invocation invocation;

    InstanceJoin(Session session, Invocation invocation) {
        this.session = session;
        this.invocation = invocation;
    }

    static boolean isOne(String image) {
        return image.startsWith(InstanceName.SCHEME);
    }

    /// Plans it.
    ///
    /// @param spec of which the payload, the environment and the directory count
    /// @param workingDirectory of the caller
    Plan plan(ContainerSpec spec, Account account, String workingDirectory) throws UserException, IOException {
        checkOptions();
        String word = invocation.operands().getFirst().substring(InstanceName.SCHEME.length());
        var name = InstanceName.of(word);
        var instance = InstanceStart.ofUser(session, account).find(name);
        if (instance.isEmpty()) {
            throw new UserException(
                    "no instance found with name " + name, "`kerr instance list` shows those there are");
        }
        var tree = new DirectoryTree(Path.of("/proc/" + instance.get().anchor().pid() + "/root/."));
        return JoinPlanner.plan(spec, joined(instance.get()), tree, workingDirectory);
    }

    /// What was asked for and cannot be done is refused; what a variable sets was meant for launches of images.
    private void checkOptions() throws UserException {
        for (String option : invocation.given().keySet()) {
            if (!OPTIONS.contains(option)) {
                throw new UserException(
                        "option --" + option + " cannot change an instance that is running",
                        "give it to `kerr instance start`");
            }
        }
    }

    private static Joined joined(Instance instance) throws UserException {
        var about = instance.about();
        var anchor = instance.anchor();
        return new Joined(
                about.name().text(),
                about.image(),
                about.inside().home(),
                about.inside().binds(),
                new Joined.FirstProcess(anchor.pid(), anchor.startTime(), anchor.bootId(), anchor.namespaces()),
                cgroups(instance),
                entry(instance));
    }

    /// Those of its first process that the caller is not in already.
    private static List<String> cgroups(Instance instance) {
        if (instance.about().inside().cgroup().isEmpty()) {
            return List.of();
        }
        var ours = Hierarchy.places("self", HostFiles.HERE);
        var files = new TreeSet<String>();
        for (var place : Hierarchy.places(Long.toString(instance.anchor().pid()), HostFiles.HERE)
                .entrySet()) {
            if (!place.getValue().equals(ours.get(place.getKey()))) {
                files.add(place.getValue() + "/cgroup.procs");
            }
        }
        return List.copyOf(files);
    }

    private static List<Op> entry(Instance instance) throws UserException {
        var entry = new ArrayList<Op>();
        for (List<String> words : instance.about().inside().entry()) {
            entry.add(new Op.Recorded(code(words.getFirst(), instance), words.subList(1, words.size())));
        }
        return entry;
    }

    private static OpCode code(String name, Instance instance) throws UserException {
        for (OpCode code : OpCode.values()) {
            if (code.name().equals(name)) {
                return code;
            }
        }
        throw new UserException(
                "instance " + instance.about().name() + " was started by another version of Kerr",
                "stop it and start it anew");
    }
}
