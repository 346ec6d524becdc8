package dev.kerr.cli;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// The commands, with what help and the manual say of them.
enum Command {
    BUILD(
            "build",
            "build an image from a definition file, an image or a directory",
            "[options] <image path> <definition file | image | directory>",
            """
            Builds a SIF image, or with --sandbox a directory. Needs no root: an ordinary user with a range of
            sub-ids builds with real ownership of files in the image.""",
            List.of(
                    "kerr build debian.sif debian.def",
                    "kerr build --sandbox debian/ debian.sif",
                    "kerr build again.sif debian/")),
    EXEC(
            "exec",
            "run a command in a container",
            "[options] <image> <command> [argument...]",
            """
            Runs a command in a container of the image, as the calling user, with the user's home, working directory,
            /tmp and environment. The command's exit status is the exit status.""",
            List.of(
                    "kerr exec debian.sif cat /etc/os-release",
                    "kerr exec --bind /data:/mnt:ro debian.sif ls /mnt",
                    "kerr exec --dry-run debian.sif true")),
    RUN(
            "run",
            "run the image's runscript",
            "[options] <image> [argument...]",
            "Runs the program that the image's maker meant to be run.",
            List.of("kerr run debian.sif", "./debian.sif")),
    SHELL(
            "shell",
            "start a shell in a container",
            "[options] <image> [argument...]",
            "Starts an interactive shell: bash if the image has it, else sh.",
            List.of("kerr shell debian.sif")),
    TEST(
            "test",
            "run the image's test script",
            "[options] <image> [argument...]",
            "Runs the test that the image's maker wrote.",
            List.of("kerr test debian.sif")),
    INSPECT(
            "inspect",
            "show an image's labels, scripts and definition",
            "[options] <image>",
            "Shows what the image says of itself. Without options: its labels.",
            List.of("kerr inspect debian.sif", "kerr inspect --deffile debian.sif", "kerr inspect --json debian.sif")),
    SIF(
            "sif",
            "look into SIF files",
            "<list | header | info> [id] <image>",
            "list shows the objects of a SIF file, header its global header, info one object's descriptor.",
            List.of("kerr sif list debian.sif", "kerr sif info 1 debian.sif")),
    DOCTOR(
            "doctor",
            "tell what this host lacks, and how to mend it",
            "",
            "Tries what each capability needs and says, where it fails, which setting or package mends it.",
            List.of("kerr doctor")),
    VERSION("version", "show the version", "", "Shows the version of this program.", List.of("kerr version")),
    HELP("help", "show help for a command", "[command]", "Shows help.", List.of("kerr help exec"));

    /// Commands of the field that this version does not have.
    private static final List<String> NOT_YET = List.of(
            "cache",
            "capability",
            "caps",
            "checkpoint",
            "config",
            "data",
            "delete",
            "instance",
            "key",
            "keys",
            "keyserver",
            "oci",
            "overlay",
            "plugin",
            "plugins",
            "pull",
            "push",
            "registry",
            "remote",
            "run-help",
            "search",
            "sign",
            "siftool",
            "tag",
            "verify");

    private final String word;
    private final String summary;
    private final String operands;
    private final String description;
    private final List<String> examples;

    Command(String word, String summary, String operands, String description, List<String> examples) {
        this.word = Objects.requireNonNull(word);
        this.summary = Objects.requireNonNull(summary);
        this.operands = Objects.requireNonNull(operands);
        this.description = Objects.requireNonNull(description);
        this.examples = examples;
    }

    static Optional<Command> of(String word) {
        for (Command command : values()) {
            if (command.word.equals(word)) {
                return Optional.of(command);
            }
        }
        return Optional.empty();
    }

    static boolean isNotYetAvailable(String word) {
        return NOT_YET.contains(word);
    }

    String word() {
        return word;
    }

    String summary() {
        return summary;
    }

    String operands() {
        return operands;
    }

    String description() {
        return description;
    }

    List<String> examples() {
        return examples;
    }

    /// Whether everything from the first operand on belongs to the payload.
    boolean launches() {
        return this == EXEC || this == RUN || this == SHELL || this == TEST;
    }
}
