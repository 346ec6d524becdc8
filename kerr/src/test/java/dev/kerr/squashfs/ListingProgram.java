package dev.kerr.squashfs;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// Prints all there is to a directory's files, one line a file, to be compared.
final class ListingProgram {
    private ListingProgram() {}

    /// @param arguments directories, each followed by the file to be written
    public static void main(String[] arguments) throws IOException {
        for (int i = 0; i < arguments.length; i += 2) {
            try (var out = new PrintStream(arguments[i + 1], StandardCharsets.UTF_8)) {
                TreeListing.of(DirectorySource.open(Path.of(arguments[i]))).forEach(out::println);
            }
        }
    }
}
