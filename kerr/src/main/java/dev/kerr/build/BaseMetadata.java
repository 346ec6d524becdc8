package dev.kerr.build;

import java.util.List;

/// The metadata that is the same in every image: actions and the fixed scripts of the environment.
final class BaseMetadata {
    private static final List<String> ACTIONS = List.of("exec", "run", "shell", "start", "test");
    private static final List<String> ENVIRONMENT =
            List.of("01-base.sh", "95-apps.sh", "99-base.sh", "99-runtimevars.sh");

    private BaseMetadata() {}

    static StagedTree tree() {
        StagedTree tree = new StagedTree().directory(MetadataPaths.DIRECTORY + "/libs");
        for (String action : ACTIONS) {
            tree.script(MetadataPaths.DIRECTORY + "/actions/" + action, Texts.of("actions/" + action));
        }
        for (String script : ENVIRONMENT) {
            tree.script(MetadataPaths.DIRECTORY + "/env/" + script, Texts.of("env/" + script));
        }
        return tree;
    }
}
