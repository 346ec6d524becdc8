package dev.kerr.cli;

import dev.kerr.build.PackSettings;
import dev.kerr.compress.CompressionSetting;
import dev.kerr.config.ByteSize;
import dev.kerr.config.Config;
import java.util.Optional;
import java.util.OptionalLong;

/// How `build` is to pack the image: by what the site says, then by the arguments that are meant for mksquashfs, then
/// by
/// options of our own; the later counts.
final class PackOptions {
    private static final int MOST_THREADS = 1024;

    private PackOptions() {}

    static PackSettings of(Invocation invocation, Config.Packing site) throws UsageException {
        return of(invocation, site, PackSettings.usual());
    }

    /// @param usual what counts where nobody says otherwise
    static PackSettings of(Invocation invocation, Config.Packing site, PackSettings usual) throws UsageException {
        var effort = PackSettings.Effort.usual();
        effort = site.threads().isPresent() ? effort.withThreads(site.threads().getAsInt()) : effort;
        effort = site.memoryBytes().isPresent()
                ? effort.withMemory(site.memoryBytes().getAsLong())
                : effort;
        PackSettings settings = usual.with(effort);
        Optional<String> arguments = invocation.value("mksquashfs-args");
        if (arguments.isPresent()) {
            settings = MksquashfsArguments.apply(arguments.get(), settings);
        }
        return own(invocation, settings);
    }

    private static PackSettings own(Invocation invocation, PackSettings start) throws UsageException {
        PackSettings settings = start;
        Optional<String> compression = invocation.value("compression");
        if (compression.isPresent()) {
            settings = settings.with(compression(compression.get(), "--compression"));
        }
        Optional<String> blockSize = invocation.value("block-size");
        if (blockSize.isPresent()) {
            settings = settings.withBlockSize(blockSize(blockSize.get(), "--block-size"));
        }
        Optional<String> processors = invocation.value("processors");
        if (processors.isPresent()) {
            int threads = threads(processors.get(), "--processors");
            settings = settings.with(settings.effort().withThreads(threads));
        }
        return settings;
    }

    /// @param option that the value is of, for the message
    static CompressionSetting compression(String value, String option) throws UsageException {
        var setting = CompressionSetting.parse(value);
        if (setting.isEmpty()) {
            throw wrong(value, option, CompressionSetting.FORMS);
        }
        return setting.get();
    }

    /// Bytes.
    static int blockSize(String value, String option) throws UsageException {
        OptionalLong bytes = ByteSize.parse(value);
        if (bytes.isEmpty() || !PackSettings.isBlockSize(bytes.getAsLong())) {
            throw wrong(value, option, "a power of two from 4K to 1M");
        }
        return (int) bytes.getAsLong();
    }

    static int threads(String value, String option) throws UsageException {
        try {
            int threads = Integer.parseInt(value);
            if (threads >= 1 && threads <= MOST_THREADS) {
                return threads;
            }
        } catch (NumberFormatException notANumber) {
            // the message below serves both
        }
        throw wrong(value, option, "a number from 1 to " + MOST_THREADS);
    }

    /// Bytes.
    static long memory(String value, String option) throws UsageException {
        OptionalLong bytes = ByteSize.parse(value);
        if (bytes.isEmpty()) {
            throw wrong(value, option, "a size such as 500M or 1G");
        }
        return bytes.getAsLong();
    }

    private static UsageException wrong(String value, String option, String wanted) {
        return new UsageException(option + " " + value + ": not " + wanted, Optional.of(Command.BUILD));
    }
}
