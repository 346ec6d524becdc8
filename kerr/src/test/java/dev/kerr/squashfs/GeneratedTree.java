package dev.kerr.squashfs;

import dev.kerr.compress.CompressionSetting;
import dev.kerr.squashfs.Entry.Metadata;
import dev.kerr.squashfs.Inode.DeviceNumber;
import dev.kerr.squashfs.WriterSettings.Tails;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/// A tree and settings to write it with, both made of a number: the same for the same number.
public final class GeneratedTree {
    static final List<CompressionSetting> COMPRESSIONS =
            List.of("zstd:3", "gzip:9", "lz4", "xz", "none", "zstd:19", "gzip:1", "zstd:15", "gzip:6").stream()
                    .map(text -> CompressionSetting.parse(text).orElseThrow())
                    .toList();

    private final long seed;
    private final Random random;
    private final WriterSettings settings;
    private final List<Entry> entries = new ArrayList<>();
    private final List<String> directories = new ArrayList<>(List.of(""));
    private final List<String> files = new ArrayList<>();
    private final List<byte[]> contents = new ArrayList<>();
    private final Set<String> paths = new HashSet<>(Set.of(""));
    /// Bytes of content that are still to be made: enough for each case, and few enough for hundreds of trees.
    private int left;

    public GeneratedTree(long seed) {
        this.seed = seed;
        this.random = new Random(seed * 7919 + 1);
        int blockLog = 12 + (int) (seed % 9);
        this.settings = WriterSettings.usual(1_000_000_000 + seed)
                .with(COMPRESSIONS.get((int) (seed / 2 % COMPRESSIONS.size())))
                .withBlockSize(1 << blockLog)
                .with(Tails.values()[(int) (seed % 5 % 3)])
                .withThreads(2);
        this.left = 2 * settings.blockSize() + 100_000;
        generate();
    }

    /// A number of threads, other than in the settings, to write the tree with once more.
    int otherThreads() {
        return List.of(1, 3, 8).get((int) (seed % 3));
    }

    public WriterSettings settings() {
        return settings;
    }

    public List<Entry> entries() {
        return Collections.unmodifiableList(entries);
    }

    @Override
    public String toString() {
        return "tree " + seed + ", " + settings.compression() + ", blocks of " + settings.blockSize() + ", "
                + settings.tails();
    }

    private void generate() {
        entries.add(new Entry.Directory("", metadata(true)));
        int count = random.nextInt(settings.blockSize() < 1 << 18 ? 90 : 40);
        for (int i = 0; i < count; i++) {
            addOne();
        }
        if (seed % 4 == 1) {
            addManyNames(300 + random.nextInt(700));
        }
        if (seed % 10 == 3) {
            addDeep(300);
        }
        Collections.shuffle(entries, random);
    }

    private void addOne() {
        String path = path();
        switch (random.nextInt(14)) {
            case 0, 1, 2 -> {
                entries.add(new Entry.Directory(path, metadata(true)));
                directories.add(path);
            }
            case 3 -> {
                entries.add(symlink(path));
                files.add(path);
            }
            case 4 -> {
                if (files.isEmpty()) {
                    entries.add(new Entry.Fifo(path, metadata(false)));
                } else {
                    entries.add(new Entry.HardLink(path, files.get(random.nextInt(files.size()))));
                }
            }
            case 5 -> special(path);
            default -> {
                entries.add(new Entry.RegularFile(path, metadata(true), content()));
                files.add(path);
            }
        }
    }

    /// With the permissions that it has wherever it is unpacked.
    private Entry.Symlink symlink(String path) {
        Metadata any = metadata(false);
        var metadata = new Metadata(0777, any.uid(), any.gid(), any.modifiedSeconds(), any.xattrs());
        return new Entry.Symlink(path, metadata, text(1 + random.nextInt(300)));
    }

    private void special(String path) {
        var device = new DeviceNumber(random.nextInt(1 << 12), random.nextInt(1 << 20));
        entries.add(
                switch (random.nextInt(4)) {
                    case 0 -> new Entry.BlockDevice(path, metadata(false), device);
                    case 1 -> new Entry.CharacterDevice(path, metadata(false), device);
                    case 2 -> new Entry.Fifo(path, metadata(false));
                    default -> new Entry.Socket(path, metadata(false));
                });
        files.add(path);
    }

    /// More than 8 KiB of entries, so that there is an index.
    private void addManyNames(int count) {
        String directory = path();
        entries.add(new Entry.Directory(directory, metadata(true)));
        for (int i = 0; i < count; i++) {
            String path = directory + "/a name of some length, number " + i * 7919 % count;
            entries.add(new Entry.RegularFile(path, metadata(false), new byte[i % 3]));
        }
    }

    private void addDeep(int depth) {
        String path = path();
        entries.add(new Entry.Directory(path, metadata(false)));
        for (int i = 0; i < depth; i++) {
            path += "/d" + i % 10;
            entries.add(new Entry.Directory(path, metadata(false)));
        }
        entries.add(new Entry.RegularFile(path + "/bottom", metadata(false), content()));
    }

    private String path() {
        while (true) {
            String directory = directories.get(random.nextInt(directories.size()));
            String path = directory.isEmpty() ? text(nameLength()) : directory + "/" + text(nameLength());
            String name = path.substring(path.lastIndexOf('/') + 1);
            if (path.length() < 1500 && !name.equals(".") && !name.equals("..") && paths.add(path)) {
                return path;
            }
        }
    }

    private int nameLength() {
        return switch (random.nextInt(12)) {
            case 0 -> 255;
            case 1 -> 1;
            default -> 2 + random.nextInt(20);
        };
    }

    /// Bytes of any value but NUL and the slash; now and then plain letters.
    private String text(int length) {
        boolean odd = random.nextInt(3) == 0;
        var text = new StringBuilder();
        while (text.length() < length) {
            char c = (char) (odd ? 1 + random.nextInt(255) : 'a' + random.nextInt(26));
            text.append(c == '/' ? '\n' : c);
        }
        return text.toString();
    }

    private Metadata metadata(boolean userAttributes) {
        SortedMap<String, byte[]> xattrs = new TreeMap<>();
        if (random.nextInt(4) == 0) {
            for (int i = random.nextInt(3); i >= 0; i--) {
                String prefix = List.of("trusted.", "security.", userAttributes ? "user." : "trusted.")
                        .get(random.nextInt(3));
                byte[] value = new byte[random.nextInt(3) == 0 ? 200 : random.nextInt(20)];
                new Random(random.nextInt(3)).nextBytes(value);
                xattrs.put(prefix + "kerr-" + random.nextInt(5), value);
            }
        }
        long[] ids = {0, 0, 1000, 65_534, 4_294_967_294L, random.nextInt(1 << 30)};
        return new Metadata(
                random.nextInt(010000),
                ids[random.nextInt(ids.length)],
                ids[random.nextInt(ids.length)],
                random.nextInt(5) == 0 ? random.nextLong(1L << 32) : 1_700_000_000L,
                xattrs);
    }

    /// Of any size around the block size; compressible, noise, zeros or all of it; now and then one that was there.
    private byte[] content() {
        if (!contents.isEmpty() && random.nextInt(5) == 0) {
            return contents.get(random.nextInt(contents.size()));
        }
        byte[] content = new byte[left > 0 ? size() : random.nextInt(300)];
        left -= content.length;
        int at = 0;
        while (at < content.length) {
            int run = Math.min(content.length - at, 1 + random.nextInt(2 * settings.blockSize()));
            byte[] noise = new byte[run];
            random.nextBytes(noise);
            int kind = random.nextInt(3);
            for (int i = 0; kind > 0 && i < run; i++) {
                content[at + i] = kind == 1 ? noise[i] : (byte) ('a' + (noise[i] & 3));
            }
            at += run;
        }
        contents.add(content);
        return content;
    }

    private int size() {
        int blockSize = settings.blockSize();
        return switch (random.nextInt(9)) {
            case 0 -> 0;
            case 1 -> blockSize;
            case 2 -> blockSize - 1;
            case 3 -> blockSize + 1;
            case 4 -> 3 * blockSize + random.nextInt(blockSize);
            case 5 -> random.nextInt(2) * 4 * blockSize;
            default -> random.nextInt(Math.min(blockSize, 20_000));
        };
    }
}
