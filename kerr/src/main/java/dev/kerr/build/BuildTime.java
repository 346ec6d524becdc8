package dev.kerr.build;

import static java.util.Objects.requireNonNull;

import dev.kerr.bytes.FormatException;
import dev.kerr.squashfs.SquashfsReader;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.OptionalLong;

/// The time of a build, which is in its labels and no file of it is younger than. It is that of what it is built from,
/// not that of the day: so the same definition and the same inputs make the same image.
///
/// The caller's `SOURCE_DATE_EPOCH` goes before that. A base that says nothing is of [#UNKNOWN].
final class BuildTime {
    /// The first moment that ZIP files know, as other reproducible builds take: 1980-01-01T00:00:00Z.
    static final long UNKNOWN = 315_532_800;

    private static final String LISTS = "var/lib/apt/lists";
    private static final String DATE = "Date: ";
    private static final int RELEASE_BYTES_MAX = 64 << 10;

    private final OptionalLong fixed;
    private long seconds = UNKNOWN;

    BuildTime(OptionalLong fixed) {
        this.fixed = requireNonNull(fixed);
    }

    /// Unix seconds.
    long seconds() {
        return fixed.orElse(seconds);
    }

    ZonedDateTime date() {
        return Instant.ofEpochSecond(seconds()).atZone(ZoneId.of("UTC"));
    }

    void set(long time) {
        seconds = time;
    }

    /// Takes the time of an image: when its file system was made; of a directory, when its metadata were.
    void takeFrom(BaseImage image) throws IOException {
        switch (image) {
            case BaseImage.Squashfs(Path path, long offset, long size) -> {
                try (FileChannel channel = FileChannel.open(path);
                        var reader = SquashfsReader.open(channel, offset, size)) {
                    set(reader.superblock().modifiedSeconds());
                } catch (FormatException damaged) {
                    set(UNKNOWN); // who unpacks it says so
                }
            }
            case BaseImage.Directory(Path path) -> {
                Path labels = path.resolve(MetadataPaths.LABELS);
                Path dated = Files.exists(labels, LinkOption.NOFOLLOW_LINKS) ? labels : path;
                set(Files.getLastModifiedTime(dated, LinkOption.NOFOLLOW_LINKS)
                        .toInstant()
                        .getEpochSecond());
            }
        }
    }

    /// Takes the time of the archive of packages that `rootfs` was installed from, if apt has its lists there.
    void takeFromArchive(Path rootfs) throws IOException {
        Path lists = rootfs.resolve(LISTS);
        if (!Files.isDirectory(lists, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        long latest = Long.MIN_VALUE;
        try (DirectoryStream<Path> releases = Files.newDirectoryStream(lists, "*Release")) {
            for (Path release : releases) {
                latest = Math.max(latest, released(release));
            }
        }
        if (latest > 0) {
            set(latest);
        }
    }

    /// What the `Date` field of a release says; [Long#MIN_VALUE] if it has none.
    private static long released(Path release) throws IOException {
        if (!Files.isRegularFile(release, LinkOption.NOFOLLOW_LINKS) || !Files.isReadable(release)) {
            return Long.MIN_VALUE;
        }
        String text;
        try (var in = Files.newInputStream(release)) {
            text = new String(in.readNBytes(RELEASE_BYTES_MAX), StandardCharsets.ISO_8859_1);
        }
        for (String line : text.lines().toList()) {
            if (line.startsWith(DATE)) {
                return parse(line.substring(DATE.length()).strip());
            }
        }
        return Long.MIN_VALUE;
    }

    private static long parse(String date) {
        try {
            return Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(date.replace("UTC", "GMT")))
                    .getEpochSecond();
        } catch (DateTimeParseException odd) {
            return Long.MIN_VALUE;
        }
    }
}
