package dev.kerr.log;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.OptionalLong;

/// How far a long piece of work has come.
///
/// @param doneBytes what is done of it
/// @param totalBytes how much there is to do; empty while that is not known
public record Progress(long doneBytes, OptionalLong totalBytes) {
    private static final int NARROWEST_BAR = 10;
    private static final int WIDEST_BAR = 30;
    private static final String GAP = "  ";

    /// Before that, a rate says nothing.
    private static final Duration FIRST_RATE = Duration.ofMillis(500);

    public Progress {
        Objects.requireNonNull(totalBytes);
        if (doneBytes < 0 || totalBytes.orElse(0) < 0) {
            throw new IllegalArgumentException("progress of " + doneBytes + " of " + totalBytes);
        }
    }

    /// One line of fewer than `width` columns: `[===>      ]  34%  412.3 MiB of 1.2 GiB  103.1 MiB/s  0:08 left`, or
    /// without a total `412.3 MiB  103.1 MiB/s  0:04`. What does not fit is left out.
    public String render(int width, Duration elapsed) {
        List<String> parts = totalBytes.isPresent() ? partsOf(total(), elapsed) : parts(elapsed);
        while (parts.size() > 1 && length(parts) >= width) {
            parts.removeLast();
        }
        int room = Math.min(WIDEST_BAR, width - 1 - length(parts) - GAP.length() - 2);
        if (totalBytes.isPresent() && room >= NARROWEST_BAR) {
            parts.addFirst(bar(room));
        }
        String line = String.join(GAP, parts);
        return line.substring(0, Math.max(0, Math.min(line.length(), width - 1)));
    }

    private static int length(List<String> parts) {
        return String.join(GAP, parts).length();
    }

    /// Files that grow can make more of it than was counted.
    private long total() {
        return Math.max(doneBytes, totalBytes.orElse(0));
    }

    private List<String> parts(Duration elapsed) {
        var parts = new ArrayList<String>();
        parts.add(size(doneBytes));
        rate(elapsed).ifPresent(rate -> parts.add(size(rate) + "/s"));
        parts.add(clock(elapsed.toSeconds()));
        return parts;
    }

    private List<String> partsOf(long total, Duration elapsed) {
        var parts = new ArrayList<String>();
        parts.add(String.format(Locale.ROOT, "%3d%%", (long) (100 * share(total))));
        parts.add(size(doneBytes) + " of " + size(total));
        OptionalLong rate = rate(elapsed);
        if (rate.isPresent() && rate.getAsLong() > 0) {
            parts.add(size(rate.getAsLong()) + "/s");
            parts.add(clock((total - doneBytes) / rate.getAsLong()) + " left");
        }
        return parts;
    }

    private double share(long total) {
        return total == 0 ? 1 : (double) doneBytes / total;
    }

    private OptionalLong rate(Duration elapsed) {
        return elapsed.compareTo(FIRST_RATE) < 0
                ? OptionalLong.empty()
                : OptionalLong.of((long) (doneBytes * 1000.0 / elapsed.toMillis()));
    }

    private String bar(int room) {
        int filled = (int) (share(total()) * room);
        String head = filled == room ? "" : ">";
        return "[" + "=".repeat(filled) + head + " ".repeat(room - filled - head.length()) + "]";
    }

    private static String clock(long seconds) {
        long minutes = seconds / 60;
        return minutes < 60
                ? String.format(Locale.ROOT, "%d:%02d", minutes, seconds % 60)
                : String.format(Locale.ROOT, "%d:%02d:%02d", minutes / 60, minutes % 60, seconds % 60);
    }

    public static String size(long bytes) {
        if (bytes < 1024) {
            return bytes + " B";
        }
        double amount = bytes;
        int unit = -1;
        while (amount >= 1023.95) { // what would be shown as 1024.0
            amount /= 1024;
            unit++;
        }
        return String.format(Locale.ROOT, "%.1f %siB", amount, "KMGTPE".charAt(unit));
    }
}
