package dev.kerr.runtime;

import dev.kerr.container.SecurityLabel;
import dev.kerr.container.SecurityLabel.Module;
import dev.kerr.linux.Capability;
import dev.kerr.log.UserException;
import dev.kerr.runtime.BundleConfig.ConsoleSize;
import dev.kerr.runtime.BundleConfig.Rights;
import dev.kerr.runtime.BundleConfig.Rlimit;
import dev.kerr.runtime.BundleConfig.User;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;

/// Reads the `process` of a `config.json`.
final class ProcessReader {
    private static final int LARGEST_CONSOLE = 65535;
    private static final int LARGEST_UMASK = 0777;
    private static final int OOM_SCORE_MAX = 1000;

    /// By number, from 0.
    ///
    /// **Source:** getrlimit(2); the numbers of x86-64 and arm64.
    private static final List<String> RLIMITS = List.of(
            "CPU",
            "FSIZE",
            "DATA",
            "STACK",
            "CORE",
            "RSS",
            "NPROC",
            "NOFILE",
            "MEMLOCK",
            "AS",
            "LOCKS",
            "SIGPENDING",
            "MSGQUEUE",
            "NICE",
            "RTPRIO",
            "RTTIME");

    private final ConfigNode process;

    ProcessReader(ConfigNode process) {
        this.process = process;
    }

    BundleConfig.Payload read() throws UserException {
        List<String> arguments = process.texts("args");
        if (arguments.isEmpty()) {
            throw process.wrong("args", "is missing");
        }
        if (arguments.getFirst().isEmpty()) {
            throw process.wrong("args", "names no program");
        }
        String directory = process.needText("cwd");
        if (!directory.startsWith("/")) {
            throw process.wrong("cwd", directory + " is not absolute");
        }
        process.refuse("Kerr leaves scheduling as it is", "scheduler", "ioPriority", "execCPUAffinity");
        process.refuse("it is for Windows", "commandLine");
        return new BundleConfig.Payload(
                process.flag("terminal"),
                console(),
                user(),
                arguments,
                environment(),
                directory,
                rights(),
                rlimits(),
                score(),
                labels());
    }

    private List<SecurityLabel> labels() throws UserException {
        var labels = new ArrayList<SecurityLabel>();
        for (var member : Map.of("apparmorProfile", Module.APPARMOR, "selinuxLabel", Module.SELINUX)
                .entrySet()) {
            String text = process.textOrEmpty(member.getKey());
            if (text.isEmpty()) {
                continue;
            }
            if (!member.getValue().isActive()) {
                throw process.wrong(
                        member.getKey(),
                        "cannot be done: the kernel of this host runs without "
                                + member.getValue().title());
            }
            labels.add(new SecurityLabel(member.getValue(), text));
        }
        return labels;
    }

    private ConsoleSize console() throws UserException {
        var size = process.child("consoleSize");
        if (size.isEmpty()) {
            return new ConsoleSize(0, 0);
        }
        return new ConsoleSize((int) size.get().needNumber("width", 0, LARGEST_CONSOLE), (int)
                size.get().needNumber("height", 0, LARGEST_CONSOLE));
    }

    private User user() throws UserException {
        var user = process.child("user");
        if (user.isEmpty()) {
            return new User(0, 0, List.of(), OptionalInt.empty());
        }
        user.get().refuse("it is for Windows", "username");
        var groups = new ArrayList<Integer>();
        for (long id : ids(user.get(), "additionalGids")) {
            groups.add((int) id);
        }
        OptionalLong umask = user.get().number("umask", 0, LARGEST_UMASK);
        return new User(
                (int) user.get().number("uid", 0, Integer.MAX_VALUE).orElse(0),
                (int) user.get().number("gid", 0, Integer.MAX_VALUE).orElse(0),
                groups,
                umask.isPresent() ? OptionalInt.of((int) umask.getAsLong()) : OptionalInt.empty());
    }

    private static List<Long> ids(ConfigNode node, String name) throws UserException {
        var ids = new ArrayList<Long>();
        if (node.object().find(name).isEmpty()) {
            return ids;
        }
        if (!(node.object().find(name).get() instanceof dev.kerr.json.Json.Array(var elements))) {
            throw node.wrong(name, "is no list");
        }
        for (var element : elements) {
            long id = element instanceof dev.kerr.json.Json.Numeral(String literal)
                            && literal.length() <= 10
                            && literal.chars().allMatch(c -> c >= '0' && c <= '9')
                    ? Long.parseLong(literal)
                    : -1;
            if (id < 0 || id > Integer.MAX_VALUE) {
                throw node.wrong(name, "has an element that is no id");
            }
            ids.add(id);
        }
        return ids;
    }

    private List<String> environment() throws UserException {
        List<String> environment = process.texts("env");
        for (String variable : environment) {
            if (variable.indexOf('=') < 1) {
                throw process.wrong("env", "has \"" + variable + "\", which is not NAME=value");
            }
        }
        return environment;
    }

    private Rights rights() throws UserException {
        boolean noNewPrivileges = process.flag("noNewPrivileges");
        var sets = process.child("capabilities");
        if (sets.isEmpty()) {
            return new Rights(noNewPrivileges, 0, 0, 0, 0, 0);
        }
        return new Rights(
                noNewPrivileges,
                set(sets.get(), "bounding"),
                set(sets.get(), "effective"),
                set(sets.get(), "permitted"),
                set(sets.get(), "inheritable"),
                set(sets.get(), "ambient"));
    }

    private static long set(ConfigNode sets, String name) throws UserException {
        long set = 0;
        for (String word : sets.texts(name)) {
            OptionalLong capability = Capability.named(word);
            if (capability.isEmpty() || !word.startsWith("CAP_")) {
                throw sets.wrong(name, "has \"" + word + "\", which is no capability");
            }
            set |= capability.getAsLong();
        }
        return set;
    }

    private List<Rlimit> rlimits() throws UserException {
        var rlimits = new ArrayList<Rlimit>();
        var seen = new HashSet<String>();
        for (ConfigNode rlimit : process.children("rlimits")) {
            String name = rlimit.needText("type");
            int number = name.startsWith("RLIMIT_") ? RLIMITS.indexOf(name.substring("RLIMIT_".length())) : -1;
            if (number < 0) {
                throw rlimit.wrong("type", name + " is no limit of Linux");
            }
            if (!seen.add(name)) {
                throw rlimit.wrong("type", name + " is there twice");
            }
            long soft = rlimit.needUnsigned("soft");
            long hard = rlimit.needUnsigned("hard");
            if (Long.compareUnsigned(soft, hard) > 0) {
                throw rlimit.wrong("soft", "is above hard");
            }
            rlimits.add(new Rlimit(name, number, soft, hard));
        }
        return rlimits;
    }

    private OptionalInt score() throws UserException {
        OptionalLong score = process.number("oomScoreAdj", -OOM_SCORE_MAX, OOM_SCORE_MAX);
        return score.isPresent() ? OptionalInt.of((int) score.getAsLong()) : OptionalInt.empty();
    }
}
