package dev.kerr.squashfs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kerr.squashfs.Entry.Metadata;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// A tree as text, one line a file, whatever it was read from: so that two can be compared.
public final class TreeListing {
    private static final int PIECE = 1 << 18;
    private static final byte[] ZEROS = new byte[PIECE];

    private TreeListing() {}

    /// The lines of all entries, by path; closes the source.
    public static List<String> of(EntrySource source) throws IOException {
        Map<String, String> lines = new TreeMap<>();
        Map<String, String> targets = new TreeMap<>();
        try (source) {
            for (var next = source.next(); next.isPresent(); next = source.next()) {
                switch (next.get()) {
                    case Entry.HardLink link -> targets.put(link.path(), link.target());
                    case Entry.Original original -> {
                        if (lines.put(original.path(), describe(original)) != null) {
                            throw new AssertionError("twice: " + original.path());
                        }
                    }
                }
            }
        }
        addLinks(lines, targets);
        List<String> all = new ArrayList<>();
        lines.forEach((path, line) -> all.add(escaped(path) + " " + line));
        return all;
    }

    /// The same tree without extended attributes.
    public static EntrySource withoutXattrs(EntrySource source) {
        return source.changed(entry -> Optional.of(
                entry instanceof Entry.Original original ? original.with(plain(original.metadata())) : entry));
    }

    private static Metadata plain(Metadata metadata) {
        return new Metadata(metadata.permissions(), metadata.uid(), metadata.gid(), metadata.modifiedSeconds());
    }

    /// Fails with the first lines that are in one listing only.
    public static void assertSame(List<String> actual, List<String> expected, String what) {
        assertThat(firstOnlyIn(actual, expected) + " instead of " + firstOnlyIn(expected, actual))
                .as(what)
                .isEqualTo("[] instead of []");
        assertThat(actual).as(what).hasSameSizeAs(expected);
    }

    private static List<String> firstOnlyIn(List<String> lines, List<String> others) {
        Set<String> known = Set.copyOf(others);
        return lines.stream().filter(line -> !known.contains(line)).limit(3).toList();
    }

    /// Whichever name of a file came first: all that share it name each other.
    private static void addLinks(Map<String, String> lines, Map<String, String> targets) {
        Map<String, List<String>> groups = new TreeMap<>();
        targets.forEach((path, target) -> {
            String file = target;
            while (targets.containsKey(file)) {
                file = targets.get(file);
            }
            groups.computeIfAbsent(file, f -> new ArrayList<>(List.of(f))).add(path);
        });
        groups.forEach((file, names) -> {
            String line = lines.get(file) + " names "
                    + escaped(names.stream().sorted().toList().toString());
            names.forEach(name -> lines.put(name, line));
        });
    }

    private static String describe(Entry.Original entry) throws IOException {
        var metadata = entry.metadata();
        var line = new StringBuilder(entry.type().toString())
                .append(' ')
                .append(Integer.toOctalString(metadata.permissions()))
                .append(' ')
                .append(metadata.uid())
                .append(':')
                .append(metadata.gid())
                .append(' ')
                .append(metadata.modifiedSeconds())
                .append(' ');
        switch (entry) {
            case Entry.RegularFile file -> line.append(file.size()).append(' ').append(hash(file));
            case Entry.Symlink link -> line.append("-> ").append(escaped(link.target()));
            case Entry.BlockDevice device -> line.append(device.device());
            case Entry.CharacterDevice device -> line.append(device.device());
            case Entry.Directory _, Entry.Fifo _, Entry.Socket _ -> {}
        }
        metadata.xattrs()
                .forEach((name, value) -> line.append(' ')
                        .append(escaped(name))
                        .append('=')
                        .append(HexFormat.of().formatHex(value)));
        return line.toString();
    }

    /// Of the content with its place, but for zeros, which are quickly told: sparse files have gigabytes of them.
    private static String hash(Entry.RegularFile file) throws IOException {
        MessageDigest digest = Workbench.sha256();
        byte[] buffer = new byte[(int) Math.min(PIECE, file.size())];
        long size = 0;
        try (ContentReader reader = file.content().open()) {
            while (true) {
                size += reader.skipZeros(file.size() - size, PIECE);
                int length = 0;
                for (int more = 0; more >= 0; length += more) {
                    int wanted = (int) Math.min(PIECE, file.size() - size) - length;
                    more = wanted > 0 ? reader.read(buffer, length, wanted) : -1;
                    if (more < 0) {
                        break;
                    }
                }
                if (length == 0) {
                    break;
                }
                if (!Arrays.equals(buffer, 0, length, ZEROS, 0, length)) {
                    digest.update((size + ":").getBytes(StandardCharsets.US_ASCII));
                    digest.update(buffer, 0, length);
                }
                size += length;
            }
        }
        if (size != file.size()) {
            throw new AssertionError(file.path() + " has " + size + " bytes instead of " + file.size());
        }
        return HexFormat.of().formatHex(digest.digest(), 0, 8);
    }

    private static String escaped(String byteString) {
        var text = new StringBuilder();
        for (char c : byteString.toCharArray()) {
            if (c > ' ' && c < 0x7f && c != '\\') {
                text.append(c);
            } else {
                text.append(String.format("\\x%02x", (int) c));
            }
        }
        return text.toString();
    }
}
