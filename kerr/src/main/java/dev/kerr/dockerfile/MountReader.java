package dev.kerr.dockerfile;

import dev.kerr.log.SourceText;
import dev.kerr.log.UserException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// Reads a mount from its fields, which have no variables any more.
final class MountReader {
    private static final int CACHE_MODE = 0755;
    private static final int SECRET_MODE = 0400;
    private static final long MOST_ID = 0xFFFF_FFFEL;

    private final SourceText source;
    private final int line;
    private final Map<String, String> values;
    private final List<Origin> from;

    /// @param from where the files come from if the mount says it
    MountReader(SourceText source, int line, Map<String, String> values, List<Origin> from) {
        this.source = source;
        this.line = line;
        this.values = values;
        this.from = from;
    }

    /// @throws UserException if the type is unknown, or a value is wrong, missing or of no use
    Mount read() throws UserException {
        String type = values.getOrDefault("type", "bind").toLowerCase(Locale.ROOT);
        return switch (type) {
            case "bind" -> bind();
            case "cache" -> cache();
            case "tmpfs" -> tmpfs();
            case "secret" -> secret();
            case "ssh" ->
                throw error(
                        "--mount=type=ssh is not supported",
                        "fetch with the caller's agent before the build, and COPY");
            default ->
                throw source.errorAt(
                        line,
                        type,
                        "unknown type of mount " + Wording.quoted(type),
                        Wording.meant(type, List.of("bind", "cache", "tmpfs", "secret")));
        };
    }

    private Mount bind() throws UserException {
        // BuildKit takes an id for any type.
        check("bind", Set.of("from", "source", "target", "ro", "rw", "id"));
        Origin origin = from.isEmpty() ? new Origin.Context() : from.getFirst();
        return new Mount.Bind(origin, text("source"), target(), isWritable(false));
    }

    private Mount cache() throws UserException {
        check("cache", Set.of("from", "source", "target", "ro", "rw", "id", "sharing", "mode", "uid", "gid"));
        Origin origin = from.isEmpty() ? new Origin.Empty() : from.getFirst();
        String id = text("id").isEmpty() ? target() : text("id");
        return new Mount.Cache(
                origin, text("source"), target(), id, sharing(), isWritable(true), attributes(CACHE_MODE));
    }

    private Mount tmpfs() throws UserException {
        check("tmpfs", Set.of("target", "ro", "rw", "size", "id"));
        long sizeBytes = values.containsKey("size") ? Sizes.bytes(text("size")).orElseThrow(() -> bad("size")) : 0;
        return new Mount.Tmpfs(target(), sizeBytes, isWritable(true));
    }

    private Mount secret() throws UserException {
        check("secret", Set.of("source", "target", "ro", "id", "required", "mode", "uid", "gid", "env"));
        if (!text("source").isEmpty() && !text("id").isEmpty()) {
            throw error("a secret has both id= and source=", "they mean the same: leave one of them");
        }
        String id = text("id") + text("source");
        if (id.isEmpty()) {
            id = lastName(text("target"));
        }
        if (id.isEmpty()) {
            throw error("a secret has neither id= nor target=", "write id=NAME");
        }
        boolean asVariable = values.containsKey("env");
        String variable = asVariable && text("env").isEmpty() ? id : text("env");
        String target = text("target").isEmpty() && !asVariable ? "/run/secrets/" + lastName(id) : text("target");
        return new Mount.Secret(id, target, variable, flag("required", false), attributes(SECRET_MODE));
    }

    private void check(String type, Set<String> allowed) throws UserException {
        for (String key : values.keySet()) {
            if (!key.equals("type") && !allowed.contains(key)) {
                throw source.errorAt(line, key, "a mount of type " + type + " has no '" + key + "'", "take it away");
            }
        }
    }

    private String target() throws UserException {
        String target = text("target");
        if (target.isEmpty() || target.matches("/+")) {
            throw error(
                    target.isEmpty() ? "a mount has no target" : "a mount would hide the root",
                    "write target=DIRECTORY");
        }
        return target;
    }

    private boolean isWritable(boolean otherwise) throws UserException {
        if (values.containsKey("ro")) {
            return !flag("ro", false);
        }
        return flag("rw", otherwise);
    }

    private boolean flag(String key, boolean otherwise) throws UserException {
        if (!values.containsKey(key)) {
            return otherwise;
        }
        return switch (text(key)) {
            case "1", "t", "T", "true", "TRUE", "True" -> true;
            case "0", "f", "F", "false", "FALSE", "False" -> false;
            default -> throw bad(key);
        };
    }

    private Mount.Sharing sharing() throws UserException {
        String sharing = text("sharing").toLowerCase(Locale.ROOT);
        return switch (sharing) {
            case "", "shared" -> Mount.Sharing.SHARED;
            case "private" -> Mount.Sharing.PRIVATE;
            case "locked" -> Mount.Sharing.LOCKED;
            default ->
                throw source.errorAt(
                        line,
                        sharing,
                        "unknown sharing " + Wording.quoted(sharing),
                        Wording.meant(sharing, List.of("shared", "private", "locked")));
        };
    }

    private Mount.Attributes attributes(int mode) throws UserException {
        return new Mount.Attributes(
                (int) number("mode", mode, 8, 07777), number("uid", 0, 10, MOST_ID), number("gid", 0, 10, MOST_ID));
    }

    private long number(String key, long otherwise, int radix, long most) throws UserException {
        if (!values.containsKey(key)) {
            return otherwise;
        }
        String text = text(key);
        boolean digits =
                !text.isEmpty() && text.length() <= 10 && text.chars().allMatch(c -> c >= '0' && c < '0' + radix);
        long number = digits ? Long.parseLong(text, radix) : -1;
        if (number < 0 || number > most) {
            throw bad(key);
        }
        return number;
    }

    private String text(String key) {
        return values.getOrDefault(key, "");
    }

    private static String lastName(String path) {
        String trimmed = path.replaceFirst("/+$", "");
        return trimmed.substring(trimmed.lastIndexOf('/') + 1);
    }

    private UserException bad(String key) {
        String value = Wording.quoted(text(key));
        return source.errorAt(
                line,
                key,
                "bad value of a mount's '" + key + "': " + value,
                switch (key) {
                    case "size" -> "write a number of bytes, or one with k, m, g or t";
                    case "mode" -> "write it in octal: 0755";
                    case "uid", "gid" -> "write a number";
                    default -> "write true or false";
                });
    }

    private UserException error(String message, String hint) {
        return source.errorAt(line, "--mount", message, hint);
    }
}
