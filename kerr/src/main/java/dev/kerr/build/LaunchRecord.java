package dev.kerr.build;

import dev.kerr.bytes.LittleEndian;
import dev.kerr.squashfs.Inode;
import dev.kerr.squashfs.SquashfsReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;

/// The files of an image in the order in which launches read them first, as the file system server writes it down: the
/// inode number of each, 32 bits, little-endian, one after the other.
///
/// A server may be killed while it writes, so an end that is no whole number is left out.
///
/// @param inodes without repetition
record LaunchRecord(SequencedSet<Long> inodes) {
    LaunchRecord {
        inodes = new LinkedHashSet<>(inodes);
    }

    static LaunchRecord decode(byte[] bytes) {
        SequencedSet<Long> inodes = new LinkedHashSet<>();
        for (int at = 0; at + Integer.BYTES <= bytes.length; at += Integer.BYTES) {
            inodes.add(LittleEndian.u32(bytes, at));
        }
        return new LaunchRecord(inodes);
    }

    static LaunchRecord read(Path file) throws IOException {
        return decode(Files.readAllBytes(file));
    }

    byte[] encoded() {
        byte[] bytes = new byte[inodes.size() * Integer.BYTES];
        int at = 0;
        for (long inode : inodes) {
            LittleEndian.put32(bytes, at, (int) inode);
            at += Integer.BYTES;
        }
        return bytes;
    }

    /// This one, and then what only `later` has.
    LaunchRecord and(LaunchRecord later) {
        SequencedSet<Long> both = new LinkedHashSet<>(inodes);
        both.addAll(later.inodes);
        return new LaunchRecord(both);
    }

    /// The paths of the regular files that it means, in its order; of several names of a file the first that a walk
    /// meets. Numbers that no regular file has are left out.
    List<String> paths(SquashfsReader image) throws IOException {
        Map<Long, String> byNumber = new HashMap<>();
        var walk = image.walk(image.root());
        for (var entry = walk.next(); entry.isPresent(); entry = walk.next()) {
            if (entry.get().inode() instanceof Inode.RegularFile file
                    && inodes.contains(file.attributes().number())) {
                byNumber.putIfAbsent(file.attributes().number(), entry.get().path());
            }
        }
        List<String> paths = new ArrayList<>();
        for (long inode : inodes) {
            String path = byNumber.get(inode);
            if (path != null) {
                paths.add(path);
            }
        }
        return paths;
    }
}
