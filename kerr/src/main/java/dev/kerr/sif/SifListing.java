package dev.kerr.sif;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Shows a SIF file to a person, in the very form of `apptainer sif list`, `sif header` and `sif info`.
///
/// Text from the file is shown with its control characters as `\x1b`, so that it cannot speak to the terminal.
///
/// Source: apptainer/sif `internal/app/siftool/info.go`.
public final class SifListing {
    private static final String RULE = "-".repeat(78) + "\n";
    private static final String UNITS = "KMGTPE";
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern(
                    "uuuu-MM-dd HH:mm:ss '+0000 UTC'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private SifListing() {}

    /// A line for each object, below a heading; each line ends in a line feed.
    public static String list(Sif sif) {
        var text = new StringBuilder(RULE)
                .append("ID   |GROUP   |LINK    |SIF POSITION (start-end)  |TYPE\n")
                .append(RULE);
        for (Descriptor descriptor : sif.descriptors()) {
            long end = descriptor.offset() + descriptor.size();
            text.append(pad(Integer.toUnsignedString(descriptor.id()), 4))
                    .append(" |")
                    .append(pad(group(descriptor), 7))
                    .append(" |")
                    .append(link(descriptor.link()))
                    .append(' ')
                    .append(pad("|" + descriptor.offset() + "-" + end + " ", 26))
                    .append(" |")
                    .append(kind(descriptor))
                    .append('\n');
        }
        return text.toString();
    }

    private static String group(Descriptor descriptor) {
        var group = descriptor.group();
        return group.isEmpty() ? "NONE" : Long.toString(group.getAsLong());
    }

    private static String link(Link link) {
        return switch (link) {
            case Link.None() -> pad("NONE", 7);
            case Link.ToObject(long id) -> pad(Long.toString(id), 7);
            case Link.ToGroup(long id) -> pad(Long.toString(id), 3) + " (G)";
        };
    }

    private static String kind(Descriptor descriptor) {
        String label = descriptor.type().label();
        return switch (descriptor.extra()) {
            case Extra.None() -> label;
            case Extra.OciDigest _ -> label;
            case Extra.Partition(var fs, var purpose, var architecture) ->
                label + " (" + fs.label() + "/" + purpose.label() + "/" + architecture.goName() + ")";
            case Extra.Signature signature ->
                label + " (" + signature.hashType().label() + ")";
            case Extra.CryptoMessage(var format, var type) -> label + " (" + format.label() + "/" + type.label() + ")";
            case Extra.Sbom(var format) -> label + " (" + format.label() + ")";
        };
    }

    /// The global header, a line for each field that says something; each line ends in a line feed.
    public static String header(Sif sif) {
        SifHeader header = sif.header();
        var rows = new Rows("", 1);
        String script = header.launchScript();
        if (!script.isEmpty()) {
            rows.add("Launch Script", script.endsWith("\n") ? script.substring(0, script.length() - 1) : script);
        }
        rows.add("Version", SifHeader.VERSION);
        if (header.architecture() != Architecture.UNKNOWN) {
            rows.add("Primary Architecture", header.architecture().goName());
        }
        if (!header.id().equals(SifHeader.NO_ID)) {
            rows.add("ID", header.id().toString());
        }
        rows.addTime("Created At", header.created());
        rows.addTime("Modified At", header.modified());
        rows.add("Descriptors Free", Long.toString(header.descriptors().free()));
        rows.add("Descriptors Total", Long.toString(header.descriptors().total()));
        rows.add("Descriptors Offset", Long.toString(header.descriptors().offset()));
        rows.add("Descriptors Size", readable(header.descriptors().size()));
        rows.add("Data Offset", Long.toString(header.dataOffset()));
        rows.add("Data Size", readable(header.dataSize()));
        return rows.text();
    }

    /// One object, a line for each field that says something; each line ends in a line feed.
    public static String info(Descriptor descriptor) {
        var rows = new Rows("  ", 2);
        rows.add("Data Type", descriptor.type().label());
        rows.add("ID", Integer.toUnsignedString(descriptor.id()));
        rows.add("Group ID", group(descriptor));
        rows.add(
                "Linked ID",
                switch (descriptor.link()) {
                    case Link.None() -> "NONE";
                    case Link.ToObject(long id) -> Long.toString(id);
                    case Link.ToGroup(long id) -> id + " (G)";
                });
        rows.add("Offset", Long.toString(descriptor.offset()));
        rows.add("Size", Long.toString(descriptor.size()));
        rows.addTime("Created At", descriptor.createdSeconds());
        rows.addTime("Modified At", descriptor.modifiedSeconds());
        if (!descriptor.name().isEmpty()) {
            rows.add("Name", descriptor.name());
        }
        addExtra(rows, descriptor.extra());
        return rows.text();
    }

    private static void addExtra(Rows rows, Extra extra) {
        switch (extra) {
            case Extra.None() -> {}
            case Extra.Partition(var fs, var purpose, var architecture) -> {
                rows.add("Filesystem Type", fs.label());
                rows.add("Partition Type", purpose.label());
                rows.add("Architecture", architecture.goName());
            }
            case Extra.Signature(var hash, var fingerprint) -> {
                rows.add("Hash Type", hash.label());
                if (!fingerprint.isEmpty()) {
                    rows.add("Entity", fingerprint);
                }
            }
            case Extra.CryptoMessage(var format, var type) -> {
                rows.add("Format Type", format.label());
                rows.add("Message Type", type.label());
            }
            case Extra.Sbom(var format) -> rows.add("Format", format.label());
            case Extra.OciDigest(var digest) -> rows.add("Digest", digest);
        }
    }

    /// Labels and values in two columns.
    private static final class Rows {
        private final String indent;
        private final int gap;
        private final List<String> labels = new ArrayList<>();
        private final List<String> values = new ArrayList<>();

        Rows(String indent, int gap) {
            this.indent = indent;
            this.gap = gap;
        }

        void add(String label, String value) {
            labels.add(label + ":");
            values.add(printable(value));
        }

        void addTime(String label, long seconds) {
            if (seconds != SifHeader.NO_TIME) {
                add(label, time(seconds));
            }
        }

        String text() {
            int width = gap + labels.stream().mapToInt(String::length).max().orElse(0);
            var text = new StringBuilder();
            for (int i = 0; i < labels.size(); i++) {
                text.append(indent)
                        .append(pad(labels.get(i), width))
                        .append(values.get(i))
                        .append('\n');
            }
            return text.toString();
        }
    }

    private static String time(long seconds) {
        try {
            return TIME.format(Instant.ofEpochSecond(seconds));
        } catch (DateTimeException e) {
            return seconds + " s"; // farther off than the calendar goes
        }
    }

    private static String readable(long size) {
        if (size < 1024) {
            return size + " B";
        }
        long divisor = 1024;
        int unit = 0;
        for (long rest = size / 1024; rest >= 1024; rest /= 1024) {
            divisor *= 1024;
            unit++;
        }
        return Math.round((double) size / divisor) + " " + UNITS.charAt(unit) + "iB";
    }

    private static String pad(String text, int width) {
        return text + " ".repeat(Math.max(0, width - text.length()));
    }

    private static String printable(String text) {
        var shown = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isISOControl(c)) {
                shown.append("\\x").append(Character.forDigit(c >> 4, 16)).append(Character.forDigit(c & 15, 16));
            } else {
                shown.append(c);
            }
        }
        return shown.toString();
    }
}
