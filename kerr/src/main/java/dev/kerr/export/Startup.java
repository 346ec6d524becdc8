package dev.kerr.export;

import dev.kerr.container.SimpleScript;
import dev.kerr.inspect.Attributes;
import dev.kerr.log.UserException;
import dev.kerr.oci.ImageConfig.Execution;
import dev.kerr.squashfs.Entry;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// How Docker starts an image that was made for runscripts.
///
/// The entry point is a copy of the runscript: programs that pull the image put a script of theirs, which starts the
/// entry point, in the runscript's place, and what is there would start itself for ever. Variables are in the
/// configuration if the image's scripts set them to plain texts. If they need a shell, copies of the scripts are read
/// by a script that starts the runscript.
///
/// @param words the entry point; none for an image without a runscript
/// @param environment `NAME=value`
/// @param files what these words need, each directory before what is in it
public record Startup(List<String> words, List<String> environment, List<Entry> files) {
    private static final String DIRECTORY = ".singularity.d/oci";
    private static final String RUN = DIRECTORY + "/run";
    private static final String RUNSCRIPT = DIRECTORY + "/runscript";
    private static final String ENVIRONMENT = DIRECTORY + "/env";
    private static final int EXECUTABLE = 0755;

    /// What Docker sets where an image says nothing.
    private static final String PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private static final String RUN_TEXT = """
            #!/bin/sh
            # What Docker and its like start in this image: the environment first, then the runscript.
            for script in /.singularity.d/oci/env/*.sh; do
                . "$script"
            done
            exec /.singularity.d/oci/runscript "$@"
            """;

    public Startup {
        words = List.copyOf(words);
        environment = List.copyOf(environment);
        files = List.copyOf(files);
    }

    /// Whether an entry point is one of these, so that the image has scripts of its own.
    public static boolean isOf(Execution execution) {
        return !execution.entrypoint().isEmpty()
                && List.of("/" + RUN, "/" + RUNSCRIPT)
                        .contains(execution.entrypoint().getFirst());
    }

    /// Whether a path, without a slash in front, is one of the files or a name for them.
    static boolean isFile(String path) {
        return path.equals(DIRECTORY) || path.startsWith(DIRECTORY + "/");
    }

    /// @param runscript content of the image's; empty for none
    /// @param seconds time of the files
    static Startup of(Attributes attributes, Optional<byte[]> runscript, long seconds) {
        Optional<List<String>> plain = plain(attributes);
        List<String> environment = plain.orElse(List.of("PATH=" + PATH));
        if (runscript.isEmpty()) {
            return new Startup(List.of(), environment, List.of());
        }
        var metadata = new Entry.Metadata(EXECUTABLE, 0, 0, seconds);
        var files = new ArrayList<Entry>();
        files.add(new Entry.Directory(DIRECTORY, metadata));
        files.add(new Entry.RegularFile(RUNSCRIPT, metadata, runscript.get()));
        if (plain.isPresent()) {
            return new Startup(List.of("/" + RUNSCRIPT), environment, files);
        }
        files.add(new Entry.RegularFile(RUN, metadata, bytes(RUN_TEXT)));
        files.add(new Entry.Directory(ENVIRONMENT, metadata));
        attributes.environment().forEach((path, text) -> {
            String name = path.substring(path.lastIndexOf('/'));
            files.add(new Entry.RegularFile(ENVIRONMENT + name, metadata, bytes(text + "\n")));
        });
        return new Startup(List.of("/" + RUN), environment, files);
    }

    /// What the scripts set; empty if that takes a shell, or depends on what is set outside.
    private static Optional<List<String>> plain(Attributes attributes) {
        var variables = new SimpleScript.Variables();
        variables.export("PATH", PATH);
        try {
            for (Map.Entry<String, String> script : attributes.environment().entrySet()) {
                new SimpleScript(script.getKey(), variables).evaluate(script.getValue(), false);
            }
        } catch (UserException needsShell) {
            return Optional.empty();
        }
        var environment = new ArrayList<String>();
        variables.exported().forEach((name, value) -> environment.add(name + "=" + value));
        boolean isPlain =
                !variables.wasAskedForMore() && environment.stream().noneMatch(variable -> variable.indexOf('\0') >= 0);
        return isPlain ? Optional.of(environment) : Optional.empty();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
