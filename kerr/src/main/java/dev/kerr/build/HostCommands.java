package dev.kerr.build;

import dev.kerr.log.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/// Runs our own commands as root on the host, in an environment that does not depend on the caller's
/// settings.
final class HostCommands {
    private static final String SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    private static final List<String> PASSED = List.of(
            "http_proxy",
            "https_proxy",
            "ftp_proxy",
            "all_proxy",
            "no_proxy",
            "HTTP_PROXY",
            "HTTPS_PROXY",
            "FTP_PROXY",
            "ALL_PROXY",
            "NO_PROXY");

    private final BuildRunner runner;
    private final Map<String, String> caller;
    private final Map<String, String> environment;
    private final AtomicBoolean ended = new AtomicBoolean();

    HostCommands(BuildRunner runner, Map<String, String> caller) {
        this.runner = runner;
        this.caller = Map.copyOf(caller);
        Map<String, String> own = proxies();
        String path = caller.getOrDefault("PATH", "");
        own.put("PATH", path.isEmpty() ? SYSTEM_PATH : path + ":" + SYSTEM_PATH);
        own.put("LC_ALL", "C");
        String epoch = caller.get("SOURCE_DATE_EPOCH");
        if (epoch != null) {
            own.put("SOURCE_DATE_EPOCH", epoch);
        }
        this.environment = Map.copyOf(own);
    }

    /// What runs commands, as long as the build goes on.
    ///
    /// @throws UserException if the build has been told to end
    BuildRunner runner() throws UserException {
        if (ended.get()) {
            throw new UserException("the build was told to end");
        }
        return runner;
    }

    /// Says where the build works, before the first command.
    void workIn(Path directory) {
        runner.workIn(directory);
    }

    /// Ends the command in progress and lets no other begin, but removals.
    void end() {
        ended.set(true);
        runner.stop();
    }

    /// Removes trees, even when the build has been told to end.
    ///
    /// @throws UserException if something of them is left
    void remove(List<Path> trees) throws IOException, UserException {
        trees.forEach(TreeRemoval::removeOwn);
        List<Path> left = trees.stream()
                .filter(tree -> Files.exists(tree, LinkOption.NOFOLLOW_LINKS))
                .toList();
        if (left.isEmpty()) {
            return;
        }
        List<String> argv = new ArrayList<>(List.of("rm", "-rf", "--one-file-system", "--"));
        left.forEach(tree -> argv.add(tree.toString()));
        int status = runner.onHost(argv, environment);
        if (status != 0) {
            throw new UserException("cannot remove " + left.getFirst() + ": exit status " + status);
        }
    }

    /// The caller's variables that name proxies, which scripts of a build need in order to reach the network.
    Map<String, String> proxies() {
        Map<String, String> proxies = new HashMap<>();
        for (String name : PASSED) {
            String value = caller.get(name);
            if (value != null) {
                proxies.put(name, value);
            }
        }
        return proxies;
    }

    /// The environment of our own commands.
    Map<String, String> environment() {
        return environment;
    }

    /// The caller's whole environment.
    Map<String, String> caller() {
        return caller;
    }

    /// How the build is root, and what steps see of the host: what they make depends on it.
    String kindOfRoot() {
        return runner.kindOfRoot();
    }

    /// Runs a program and returns its exit status.
    int run(List<String> argv) throws IOException, UserException {
        return runner().onHost(argv, environment);
    }

    /// Takes a step of our own and returns its exit status.
    int perform(TreeStep step) throws IOException, UserException {
        return runner().ourselves(step.work().effort().memoryBytes(), step.words(), environment);
    }

    /// Says that [#perform] will be called soon.
    void prepare() throws IOException, UserException {
        runner().prepareOurselves(PackSettings.Effort.usual().memoryBytes(), environment);
    }

    /// Says that it will not.
    void dismiss() {
        runner.dismissOurselves();
    }

    /// Runs the script of ours that has this name with these arguments and returns its exit status.
    int script(String name, List<String> arguments) throws IOException, UserException {
        List<String> argv = new ArrayList<>(List.of("/bin/sh", "-c", Texts.of(name), name));
        argv.addAll(arguments);
        return run(argv);
    }

    /// Runs the script of ours that has this name, which must succeed.
    ///
    /// @param act what it does, in the words of the message: `write metadata into the image`
    void mustRun(String act, String name, List<String> arguments) throws IOException, UserException {
        int status = script(name, arguments);
        if (status != 0) {
            throw new UserException("cannot " + act + ": exit status " + status);
        }
    }

    /// Whether a program is in a directory of the path.
    boolean has(String program) {
        for (String directory : environment.getOrDefault("PATH", SYSTEM_PATH).split(":")) {
            if (!directory.isEmpty() && Files.isExecutable(Path.of(directory, program))) {
                return true;
            }
        }
        return false;
    }
}
