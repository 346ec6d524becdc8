package dev.kerr.cgroups;

import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/// What the processes of a control group have used, and what they may.
///
/// @param cpuNanos processor time since the group was made; empty if nothing counts it
/// @param memoryBytes in use now, with the pages of files that are cached for the group
/// @param memoryLimitBytes empty if there is none
/// @param processes processes and threads now
/// @param processLimit empty if there is none
/// @param readBytes from block devices; empty if nothing counts it
/// @param writtenBytes to them
///
/// **Source:** the kernel's `Documentation/admin-guide/cgroup-v2.rst`, and of version 1 `cpuacct.rst`, `memory.rst`,
/// `pids.rst`, `blkio-controller.rst`.
public record Usage(
        OptionalLong cpuNanos,
        OptionalLong memoryBytes,
        OptionalLong memoryLimitBytes,
        OptionalLong processes,
        OptionalLong processLimit,
        OptionalLong readBytes,
        OptionalLong writtenBytes) {
    /// From here on version 1 means that there is no limit: 2^63 less a page, of whatever size.
    private static final long NO_LIMIT = 1L << 62;

    public Usage {
        Objects.requireNonNull(cpuNanos);
        Objects.requireNonNull(memoryBytes);
    }

    /// Of the groups that a process is in.
    ///
    /// @param process its number, or `self`
    /// @return empty if no control group of it can be seen, or it has ended
    public static Optional<Usage> of(String process, HostFiles host) {
        var places = Hierarchy.places(process, host);
        if (places.isEmpty()) {
            return Optional.empty();
        }
        var files = new Files(places, host);
        return Optional.of(new Usage(
                files.cpu(),
                files.first("memory", "memory.usage_in_bytes", "memory.current"),
                files.first("memory", "memory.limit_in_bytes", "memory.max"),
                files.first("pids", "pids.current", "pids.current"),
                files.first("pids", "pids.max", "pids.max"),
                files.blocks("Read", "rbytes="),
                files.blocks("Write", "wbytes=")));
    }

    /// The files of a process's groups.
    ///
    /// @param places directories by controllers of version 1, that of version 2 by the empty name
    private record Files(java.util.Map<String, String> places, HostFiles host) {
        private Optional<String> text(String controller, String file) {
            String directory = places.get(controller);
            return directory == null ? Optional.empty() : host.text(directory + "/" + file);
        }

        private OptionalLong first(String controller, String v1, String v2) {
            return text(controller, v1)
                    .or(() -> text("", v2))
                    .map(Usage::number)
                    .orElseGet(OptionalLong::empty);
        }

        private OptionalLong cpu() {
            var nanos = text("cpuacct", "cpuacct.usage");
            if (nanos.isPresent()) {
                return number(nanos.get());
            }
            for (String line : text("", "cpu.stat").orElse("").split("\n")) {
                if (line.startsWith("usage_usec ")) {
                    var micros = number(line.substring("usage_usec ".length()));
                    return micros.isPresent() ? OptionalLong.of(micros.getAsLong() * 1000) : micros;
                }
            }
            return OptionalLong.empty();
        }

        /// Adds up lines such as `8:0 Read 4096` and `8:0 rbytes=4096 wbytes=0`.
        private OptionalLong blocks(String v1Word, String v2Key) {
            var v1 = text("blkio", "blkio.throttle.io_service_bytes_recursive")
                    .or(() -> text("blkio", "blkio.throttle.io_service_bytes"));
            var text = v1.or(() -> text("", "io.stat"));
            if (text.isEmpty()) {
                return OptionalLong.empty();
            }
            long sum = 0;
            for (String line : text.get().split("\n")) {
                String[] words = line.split(" ");
                if (v1.isPresent()) {
                    boolean counts = words.length == 3 && words[1].equals(v1Word);
                    sum += counts ? number(words[2]).orElse(0) : 0;
                    continue;
                }
                for (String word : words) {
                    sum += word.startsWith(v2Key)
                            ? number(word.substring(v2Key.length())).orElse(0)
                            : 0;
                }
            }
            return OptionalLong.of(sum);
        }
    }

    /// A number; empty for `max`, for what stands for no limit, and for what is no number.
    private static OptionalLong number(String text) {
        try {
            long number = Long.parseLong(text.strip());
            return number >= NO_LIMIT ? OptionalLong.empty() : OptionalLong.of(number);
        } catch (NumberFormatException word) {
            return OptionalLong.empty();
        }
    }
}
