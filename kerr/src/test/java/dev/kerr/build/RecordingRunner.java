package dev.kerr.build;

import dev.kerr.log.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Records what a build runs. Commands on the host are really run, as whoever runs the test; commands in the
/// container are given to the test.
final class RecordingRunner implements BuildRunner {
    /// What a command in the container does.
    interface Inside {
        int run(Path rootfs, List<String> argv) throws IOException;
    }

    private static final Set<String> REPLACED = Set.of("debootstrap.sh", "mmdebstrap.sh");

    /// One line a call: the name of the script or the command.
    final List<String> calls = new ArrayList<>();

    final List<List<String>> commands = new ArrayList<>();
    final List<Map<String, String>> environments = new ArrayList<>();

    /// The records of commands.
    final Map<String, byte[]> read = new HashMap<>();

    private final Set<String> failing = new HashSet<>();
    private final Inside inside;

    RecordingRunner(Inside inside) {
        this.inside = inside;
    }

    @Override
    public void workIn(Path directory) {}

    RecordingRunner() {
        this((_, _) -> 0);
    }

    /// Makes calls of this name fail with exit status 1.
    RecordingRunner failing(String name) {
        failing.add(name);
        return this;
    }

    @Override
    public int onHost(List<String> argv, Map<String, String> environment) throws IOException {
        record(name(argv), argv, environment);
        if (failing.contains(name(argv))) {
            return 1;
        }
        return REPLACED.contains(name(argv)) ? 0 : run(argv, environment);
    }

    /// Works in this process; `pack` and `unpack` are the names of the calls.
    @Override
    public int ourselves(long memoryBytes, List<String> words, Map<String, String> environment) throws IOException {
        String name = words.getFirst();
        record(name, words, environment);
        return failing.contains(name) ? 1 : TreeWork.run(words, System.out);
    }

    @Override
    public int inContainer(Path rootfs, List<String> argv, Map<String, String> environment) throws IOException {
        record("in container: " + String.join(" ", argv), argv, environment);
        return inside.run(rootfs, argv);
    }

    @Override
    public int inFinished(Path rootfs, List<String> argv, Map<String, String> environment) throws IOException {
        record("in finished: " + String.join(" ", argv), argv, environment);
        return inside.run(rootfs, argv);
    }

    /// Reads the files of [#read], by their inode numbers.
    @Override
    public int recorded(Path image, String command, Path record) throws IOException {
        record("recorded: " + command, List.of(command), Map.of());
        Files.write(record, read.getOrDefault(command, new byte[0]));
        return failing.contains("recorded: " + command) ? 3 : 0;
    }

    @Override
    public void checkRecording() throws UserException {
        if (failing.contains("recording")) {
            throw new UserException("cannot profile");
        }
    }

    @Override
    public int inImage(Path rootfs, ImageCommand command) throws IOException {
        return inContainer(rootfs, command.argv(), command.environment());
    }

    @Override
    public String kindOfRoot() {
        return "root";
    }

    @Override
    public boolean isRealRoot() {
        return true;
    }

    /// The environment of the first call whose name contains `part`.
    Map<String, String> environmentOf(String part) {
        return environments.get(indexOf(part));
    }

    /// The command of the first call whose name contains `part`.
    List<String> commandOf(String part) {
        return commands.get(indexOf(part));
    }

    private int indexOf(String part) {
        for (int i = 0; i < calls.size(); i++) {
            if (calls.get(i).contains(part)) {
                return i;
            }
        }
        throw new AssertionError("no call of " + part + " in " + calls);
    }

    private void record(String name, List<String> argv, Map<String, String> environment) {
        calls.add(name);
        commands.add(argv);
        environments.add(environment);
    }

    /// `skeleton.sh` for a script of ours, `cp` for a copy, `setup` for a section, else the program.
    private static String name(List<String> argv) {
        if (argv.size() > 3 && argv.get(0).equals("/bin/sh") && argv.get(1).matches("-e?c")) {
            return argv.get(3);
        }
        String last = argv.getLast();
        return argv.getFirst().equals("/bin/sh") ? last.substring(last.lastIndexOf('/') + 1) : argv.getFirst();
    }

    private static int run(List<String> argv, Map<String, String> environment) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(argv);
        builder.environment().clear();
        builder.environment().putAll(environment);
        try {
            return builder.inheritIO().start().waitFor();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    @Override
    public String toString() {
        return String.join("\n", calls);
    }
}
