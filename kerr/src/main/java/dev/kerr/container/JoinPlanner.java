package dev.kerr.container;

import dev.kerr.container.ContainerSpec.Action;
import dev.kerr.image.FileTree;
import dev.kerr.log.UserException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Compiles the entry into an instance into operations. What the instance sees of the host was decided when it was
/// started; the environment is the caller's, by the same rules as a launch's.
public final class JoinPlanner {
    private final ContainerSpec spec;
    private final Joined instance;
    private final ContainerView view;

    private JoinPlanner(ContainerSpec spec, Joined instance, FileTree tree) {
        this.spec = spec;
        this.instance = instance;
        this.view = new ContainerView(tree);
    }

    /// Plans an entry.
    ///
    /// @param spec of which the payload, the environment and the directory count
    /// @param tree what the instance sees
    /// @param workingDirectory of the caller
    /// @throws UserException if what was asked for cannot be done in this instance
    /// @throws IOException if its files cannot be read
    public static Plan plan(ContainerSpec spec, Joined instance, FileTree tree, String workingDirectory)
            throws UserException, IOException {
        return new JoinPlanner(spec, instance, tree).plan(workingDirectory);
    }

    private Plan plan(String workingDirectory) throws UserException, IOException {
        var ops = new ArrayList<Op>();
        if (!instance.cgroups().isEmpty()) {
            ops.add(new IsolationOp.JoinCgroups(instance.cgroups()));
        }
        ops.add(new IsolationOp.Join(instance.name(), instance.process()));
        var directory = spec.hostView().directory();
        ops.add(new Op.ChangeDirectory(directory.map(List::of).orElseGet(() -> candidates(workingDirectory))));
        Op exec;
        if (view.resolve("/bin/sh").node().isPresent()) {
            ops.addAll(PayloadRules.container(spec, instance.home(), facts()));
            exec = PayloadRules.exec(spec);
        } else {
            var direct = new DirectLaunch(spec, view, instance.image());
            ops.addAll(PayloadRules.direct(spec, direct.environment(instance.home(), Map.of()), facts()));
            exec = direct.exec();
        }
        ops.addAll(instance.entry());
        ops.add(exec);
        return new Plan(ops, List.of());
    }

    private List<String> candidates(String workingDirectory) {
        var candidates = new ArrayList<>(List.of(workingDirectory));
        if (!candidates.contains(instance.home())) {
            candidates.add(instance.home());
        }
        if (!candidates.contains("/")) {
            candidates.add("/");
        }
        return candidates;
    }

    private Map<String, String> facts() {
        Action action = spec.payload().action();
        var facts = new LinkedHashMap<String, String>();
        String path = instance.image();
        facts.put("CONTAINER", path);
        facts.put("NAME", path.substring(path.lastIndexOf('/') + 1));
        facts.put("BIND", instance.binds());
        facts.put("COMMAND", action.name().toLowerCase(Locale.ROOT));
        facts.put("ENVIRONMENT", "/.singularity.d/env/91-environment.sh");
        facts.put("INSTANCE", instance.name());
        var variant = spec.payload().variant();
        variant.app().ifPresent(app -> facts.put("APPNAME", app));
        variant.shell().ifPresent(shell -> facts.put("SHELL", shell));
        if (spec.environment().literal()) {
            facts.put("NO_EVAL", "1");
        }
        return facts;
    }
}
