package dev.kerr.build;

import dev.kerr.deffile.Section;
import dev.kerr.log.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Runs the sections that are scripts of the build.
final class SectionRunner {
    private static final String POST_SCRIPT = "/.post.script";
    private static final String PATH_INSIDE = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private final HostCommands host;
    private final BuildDirectory directory;
    private final Path rootfs;

    SectionRunner(HostCommands host, BuildDirectory directory, Path rootfs) {
        this.host = host;
        this.directory = directory;
        this.rootfs = rootfs;
    }

    /// Runs `%pre` or `%setup` on the host, in the caller's environment.
    ///
    /// @throws UserException if it fails
    void runOnHost(Section section) throws IOException, UserException {
        Map<String, String> environment = new HashMap<>(host.caller());
        addTwice(environment, "ENVIRONMENT", "/" + MetadataPaths.ENVIRONMENT_OF_POST);
        addTwice(environment, "ROOTFS", rootfs.toString());
        Path file = directory.newDirectory("script").resolve(section.name().word());
        Files.writeString(file, section.body());
        int status = host.runner().onHost(command(section.arguments(), file.toString()), environment);
        requireSuccess(section.name().word(), status);
    }

    /// Runs a script as `%post` in the root file system.
    ///
    /// @param arguments of the section
    /// @throws UserException if it fails
    void runPost(String script, String arguments) throws IOException, UserException {
        Path file = directory.newDirectory("script").resolve("post");
        Files.writeString(file, script);
        String target = rootfs + POST_SCRIPT;
        host.mustRun("write the script of %post", "place-script.sh", List.of(file.toString(), target));
        Map<String, String> environment = environmentInside();
        addTwice(environment, "ENVIRONMENT", "/" + MetadataPaths.ENVIRONMENT_OF_POST);
        addTwice(environment, "LABELS", "/" + MetadataPaths.LABELS_OF_POST);
        int status = host.runner().inContainer(rootfs, command(arguments, POST_SCRIPT), environment);
        host.run(List.of("rm", "-f", "--", target));
        requireSuccess("post", status);
    }

    /// Runs the image's own test, which leaves no trace in it.
    ///
    /// @throws UserException if it fails
    void runTest() throws IOException, UserException {
        String action = "/" + MetadataPaths.DIRECTORY + "/actions/test";
        int status = host.runner().inFinished(rootfs, List.of("/bin/sh", action), environmentInside());
        requireSuccess("test", status);
    }

    private Map<String, String> environmentInside() {
        Map<String, String> environment = new HashMap<>(host.proxies());
        environment.put("PATH", PATH_INSIDE);
        environment.put("HOME", "/root");
        environment.put("LANG", "C");
        String terminal = host.caller().get("TERM");
        if (terminal != null) {
            environment.put("TERM", terminal);
        }
        return environment;
    }

    /// The command that runs a script: `sh -ex FILE`, with the section's arguments before the file; `-c
    /// COMMAND` names
    /// another program to run it with.
    static List<String> command(String arguments, String file) {
        List<String> command = new ArrayList<>(List.of("/bin/sh", "-ex"));
        if (arguments.matches("-c\\s.*")) {
            command.addAll(List.of("-c", unquoted(arguments.substring(2).strip()) + " " + file));
            return command;
        }
        if (!arguments.isEmpty()) {
            command.addAll(List.of(arguments.split("\\s+")));
        }
        command.add(file);
        return command;
    }

    private static String unquoted(String text) {
        boolean quoted = text.length() > 1
                && (text.startsWith("\"") && text.endsWith("\"") || text.startsWith("'") && text.endsWith("'"));
        return quoted ? text.substring(1, text.length() - 1) : text;
    }

    private static void addTwice(Map<String, String> environment, String name, String value) {
        environment.put("SINGULARITY_" + name, value);
        environment.put("APPTAINER_" + name, value);
    }

    private static void requireSuccess(String section, int status) throws UserException {
        if (status != 0) {
            throw new UserException("while running %" + section + " section: exit status " + status);
        }
    }
}
