package dev.kerr.cli;

import dev.kerr.build.PackSettings;
import dev.kerr.build.PackSettings.Owners;
import dev.kerr.compress.CompressionSetting;
import dev.kerr.squashfs.WriterSettings.Tails;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/// The value of `--mksquashfs-args`: arguments of a program that we do not run. Those that mean something here are
/// obeyed, and all others refused by name.
///
/// **Source:** mksquashfs(1) of squashfs-tools 4.5 and 4.6.
final class MksquashfsArguments {
    /// What is so here in any case.
    private static final List<String> ALWAYS_SO =
            List.of("-noappend", "-no-recovery", "-exit-on-error", "-reproducible", "-xattrs");

    private static final String KNOWN = "-comp, -Xcompression-level, -no-compression, -b, -processors, -mem, "
            + "-no-fragments, -always-use-fragments and -all-root";

    private final Iterator<String> words;
    private PackSettings settings;
    private String algorithm;
    private String level = "";

    private MksquashfsArguments(String text, PackSettings settings) {
        this.words = List.of(text.strip().split("\\s+")).iterator();
        this.settings = settings;
        this.algorithm = settings.compression().toString().replaceFirst(":.*", "");
    }

    /// The settings, changed as the arguments say.
    static PackSettings apply(String text, PackSettings settings) throws UsageException {
        var arguments = new MksquashfsArguments(text, settings);
        while (arguments.words.hasNext()) {
            arguments.take(arguments.words.next());
        }
        return arguments.settings.with(arguments.compression());
    }

    private void take(String argument) throws UsageException {
        switch (argument) {
            case "-comp" -> algorithm = algorithm(value(argument));
            case "-Xcompression-level" -> level = value(argument);
            case "-no-compression" -> algorithm = "none";
            case "-b" -> settings = settings.withBlockSize(PackOptions.blockSize(value(argument), argument));
            case "-processors" -> {
                int threads = PackOptions.threads(value(argument), argument);
                settings = settings.with(settings.effort().withThreads(threads));
            }
            case "-mem" -> {
                long bytes = PackOptions.memory(value(argument), argument);
                settings = settings.with(settings.effort().withMemory(bytes));
            }
            case "-no-fragments" -> settings = settings.with(Tails.OWN_BLOCKS);
            case "-always-use-fragments", "-tailends" -> settings = settings.with(Tails.SHARED);
            case "-all-root", "-root-owned" -> settings = settings.with(Owners.ROOT);
            default -> {
                if (!argument.isEmpty() && !ALWAYS_SO.contains(argument)) {
                    throw wrong("argument " + argument + " of --mksquashfs-args means nothing to Kerr, which takes "
                            + KNOWN);
                }
            }
        }
    }

    private String value(String argument) throws UsageException {
        if (!words.hasNext()) {
            throw wrong("argument " + argument + " of --mksquashfs-args needs a value");
        }
        return words.next();
    }

    /// No level: that is an argument of its own.
    private static String algorithm(String name) throws UsageException {
        var setting = CompressionSetting.parse(name);
        if (setting.isEmpty() || name.contains(":") || name.equals("none")) {
            throw wrong("-comp " + name + " of --mksquashfs-args: not zstd, gzip, lz4 or xz");
        }
        return name;
    }

    private CompressionSetting compression() throws UsageException {
        if (level.isEmpty()) {
            return algorithm.equals(settings.compression().toString().replaceFirst(":.*", ""))
                    ? settings.compression()
                    : PackOptions.compression(algorithm, "-comp");
        }
        var setting = CompressionSetting.parse(algorithm + ":" + level);
        return setting.orElseThrow(() ->
                wrong("-Xcompression-level " + level + " of --mksquashfs-args: " + algorithm + " has no such level"));
    }

    private static UsageException wrong(String message) {
        return new UsageException(message, Optional.of(Command.BUILD));
    }
}
