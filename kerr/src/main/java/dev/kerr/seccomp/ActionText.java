package dev.kerr.seccomp;

import dev.kerr.bytes.FormatException;
import dev.kerr.json.Json;
import dev.kerr.json.JsonObject;
import dev.kerr.seccomp.Action.Kind;
import java.util.Map;

/// An action of a profile, with its errno.
///
/// @param name of the member that is the action
/// @param errno of the member that may be the name of its errno; that of its number ends in `Ret`
record ActionText(JsonObject object, String name, String errno) {
    /// **Source:** asm-generic/errno-base.h and errno.h, those that profiles use.
    private static final Map<String, Integer> ERRNOS = Map.ofEntries(
            Map.entry("EPERM", 1),
            Map.entry("ENOENT", 2),
            Map.entry("EINTR", 4),
            Map.entry("EIO", 5),
            Map.entry("EAGAIN", 11),
            Map.entry("ENOMEM", 12),
            Map.entry("EACCES", 13),
            Map.entry("EFAULT", 14),
            Map.entry("EBUSY", 16),
            Map.entry("EEXIST", 17),
            Map.entry("ENODEV", 19),
            Map.entry("EINVAL", 22),
            Map.entry("ENOTTY", 25),
            Map.entry("ENOSPC", 28),
            Map.entry("ENOSYS", 38),
            Map.entry("EPROTONOSUPPORT", 93),
            Map.entry("EOPNOTSUPP", 95),
            Map.entry("ENOTSUP", 95),
            Map.entry("EAFNOSUPPORT", 97));

    /// @throws FormatException if it is not known, not done here, or has an errno that it cannot have
    Action action() throws FormatException {
        Kind kind = kind(object.text(name));
        boolean takesErrno = kind == Kind.ERRNO || kind == Kind.TRACE;
        boolean isGiven = object.has(errno) || object.has(errno + "Ret");
        if (isGiven && !takesErrno) {
            throw object.fault(object.text(name) + " has no errno");
        }
        return new Action(kind, isGiven ? errno(kind) : takesErrno ? Action.EPERM : 0);
    }

    private Kind kind(String word) throws FormatException {
        return switch (word) {
            case "SCMP_ACT_KILL_PROCESS" -> Kind.KILL_PROCESS;
            case "SCMP_ACT_KILL", "SCMP_ACT_KILL_THREAD" -> Kind.KILL_THREAD;
            case "SCMP_ACT_TRAP" -> Kind.TRAP;
            case "SCMP_ACT_ERRNO" -> Kind.ERRNO;
            case "SCMP_ACT_TRACE" -> Kind.TRACE;
            case "SCMP_ACT_LOG" -> Kind.LOG;
            case "SCMP_ACT_ALLOW" -> Kind.ALLOW;
            case "SCMP_ACT_NOTIFY" ->
                throw object.fault("SCMP_ACT_NOTIFY needs a program that answers, which Kerr does not start");
            default -> throw object.fault("the action \"" + shown(word) + "\" is not known");
        };
    }

    private int errno(Kind kind) throws FormatException {
        long number = object.has(errno + "Ret") ? object.number(errno + "Ret") : named();
        if (object.has(errno) && number != named()) {
            throw object.fault("\"" + errno + "\" and \"" + errno + "Ret\" are not the same");
        }
        if (number < 0 || number > (kind == Kind.ERRNO ? Action.MOST_ERRNO : 0xffff)) {
            throw object.fault(number + " is no errno");
        }
        return (int) number;
    }

    private int named() throws FormatException {
        String word = object.text(errno);
        Integer number = ERRNOS.get(word);
        if (number == null) {
            throw object.fault("the errno \"" + shown(word) + "\" is not known: use \"" + errno + "Ret\"");
        }
        return number;
    }

    private static String shown(String word) {
        return word.length() > 40 ? word.substring(0, 40) + "…" : word;
    }

    /// A number without a sign.
    static long unsigned(JsonObject object, String name) throws FormatException {
        var value = object.find(name);
        if (value.isPresent() && value.get() instanceof Json.Numeral(String literal)) {
            try {
                return Long.parseUnsignedLong(literal);
            } catch (NumberFormatException other) {
                throw object.fault("\"" + name + "\" is no number from 0 to 2^64 - 1");
            }
        }
        throw object.fault("\"" + name + "\" is missing, or no number");
    }
}
