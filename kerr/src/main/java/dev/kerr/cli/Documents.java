package dev.kerr.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Writes the manual pages and the shells' completions from the option table; the build calls it.
public final class Documents {
    private Documents() {}

    /// @param arguments the directory to write to: `man1/` and `completions/` are made in it
    public static void main(String[] arguments) throws IOException {
        Path directory = Path.of(arguments[0]);
        Path manual = Files.createDirectories(directory.resolve("man1"));
        Files.writeString(manual.resolve("kerr.1"), ManualPage.overview());
        for (Command command : Command.values()) {
            Files.writeString(manual.resolve("kerr-" + command.page() + ".1"), ManualPage.of(command));
        }
        Path completions = Files.createDirectories(directory.resolve("completions"));
        Files.writeString(completions.resolve("kerr.bash"), Completions.bash());
        Files.writeString(completions.resolve("_kerr"), Completions.zsh());
        Files.writeString(completions.resolve("kerr.fish"), Completions.fish());
    }
}
