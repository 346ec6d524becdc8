package dev.kerr.seccomp;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;

/// The numbers of system calls, by name.
///
/// **Source:** `syscalls.txt`, which says where it comes from.
public final class SyscallTable {
    private static final String FILE = "syscalls.txt";

    private final Map<String, int[]> numbers;

    private SyscallTable(Map<String, int[]> numbers) {
        this.numbers = numbers;
    }

    /// Reads the table, which is part of the program.
    public static SyscallTable load() {
        try (var in = Objects.requireNonNull(SyscallTable.class.getResourceAsStream(FILE), FILE)) {
            return parse(new String(in.readAllBytes(), StandardCharsets.US_ASCII));
        } catch (IOException lost) {
            throw new UncheckedIOException(FILE, lost);
        }
    }

    /// A line has a name, and a number or `-` for each [Abi] in its order.
    private static SyscallTable parse(String text) {
        int abis = Abi.values().length;
        var numbers = new HashMap<String, int[]>();
        for (String line : text.split("\n")) {
            if (line.startsWith("#")) {
                continue;
            }
            String[] words = line.split(" ");
            int[] row = new int[abis];
            for (int i = 0; i < abis; i++) {
                row[i] = words[i + 1].equals("-") ? -1 : Integer.parseInt(words[i + 1]);
            }
            numbers.put(words[0], row);
        }
        return new SyscallTable(numbers);
    }

    /// The number of a call, for x32 without its bit 30; empty if the ABI has no such call.
    OptionalInt number(String name, Abi abi) {
        int[] row = numbers.get(name);
        return row == null || row[abi.ordinal()] < 0 ? OptionalInt.empty() : OptionalInt.of(row[abi.ordinal()]);
    }

    /// Whether there is, or was, such a call on some architecture.
    boolean knows(String name) {
        return numbers.containsKey(name);
    }

    /// Whether one of the architectures here has it.
    boolean hasNumber(String name) {
        int[] row = numbers.get(name);
        return row != null && Arrays.stream(row).anyMatch(number -> number >= 0);
    }
}
