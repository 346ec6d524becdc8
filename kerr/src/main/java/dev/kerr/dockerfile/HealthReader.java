package dev.kerr.dockerfile;

import dev.kerr.log.SourceText;
import dev.kerr.log.UserException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/// Reads `HEALTHCHECK`: `NONE`, or `CMD` and a command.
final class HealthReader {
    private static final Duration SHORTEST = Duration.ofMillis(1);
    private static final int MOST_DIGITS = 9;

    private final SourceText source;
    private final int line;

    HealthReader(SourceText source, int line) {
        this.source = source;
        this.line = line;
    }

    Instruction read(Flags flags, String rest) throws UserException {
        String type = Blanks.firstWord(rest);
        String command = Blanks.stripStart(rest.substring(type.length()));
        return switch (type.toUpperCase(Locale.ROOT)) {
            case "NONE" -> none(flags, command);
            case "CMD" -> new Instruction.Healthcheck(test(flags, command), line);
            default ->
                throw source.errorAt(
                        line,
                        type,
                        "unknown kind of health check " + Wording.quoted(type),
                        "write HEALTHCHECK CMD COMMAND, or HEALTHCHECK NONE");
        };
    }

    private Instruction none(Flags flags, String command) throws UserException {
        if (!flags.isEmpty() || !command.isEmpty()) {
            throw source.errorAt(line, "NONE", "HEALTHCHECK NONE has more behind it", "NONE stands alone");
        }
        return new Instruction.Healthcheck(new Health.None(), line);
    }

    private Health test(Flags flags, String text) throws UserException {
        flags.check("interval", "timeout", "start-period", "start-interval", "retries");
        Health.Timing timing = new Health.Timing(
                duration(flags, "interval"),
                duration(flags, "timeout"),
                duration(flags, "start-period"),
                duration(flags, "start-interval"));
        return new Health.Test(command(text), timing, retries(flags));
    }

    private Command command(String text) throws UserException {
        JsonStrings.Result result = JsonStrings.read(text);
        if (result instanceof JsonStrings.Result.OtherArray) {
            throw source.errorAt(
                    line,
                    "[",
                    "HEALTHCHECK has an array with something that is no string",
                    "write each word in double quotes");
        }
        boolean empty =
                text.isEmpty() || result instanceof JsonStrings.Result.Strings(List<String> words) && words.isEmpty();
        if (empty) {
            throw source.errorAt(line, "CMD", "HEALTHCHECK CMD has no command", "write what to run");
        }
        return result instanceof JsonStrings.Result.Strings(List<String> words)
                ? new Command.Exec(words)
                : new Command.Shell(text, List.of());
    }

    private Duration duration(Flags flags, String name) throws UserException {
        String text = flags.text(name);
        if (text.isEmpty()) {
            return Duration.ZERO;
        }
        Duration duration = Durations.of(text)
                .orElseThrow(() -> source.errorAt(
                        line,
                        text,
                        "bad duration of '--" + name + "': " + Wording.quoted(text),
                        "write it as 30s, 5m or 1h30m"));
        if (!duration.isZero() && duration.compareTo(SHORTEST) < 0) {
            throw source.errorAt(
                    line, text, "'--" + name + "' is shorter than a millisecond", "write it as 30s, 5m or 1h30m");
        }
        return duration;
    }

    private int retries(Flags flags) throws UserException {
        String text = flags.text("retries");
        if (text.isEmpty()) {
            return 0;
        }
        if (text.length() > MOST_DIGITS || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw source.errorAt(
                    line, text, "bad number of '--retries': " + Wording.quoted(text), "write a number from 0");
        }
        return Integer.parseInt(text);
    }
}
