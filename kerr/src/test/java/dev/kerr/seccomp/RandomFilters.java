package dev.kerr.seccomp;

import dev.kerr.seccomp.Condition.Operator;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// Filters by chance, which use a few calls again and again, so that rules meet.
final class RandomFilters {
    private static final List<String> NAMES = List.of(
            "read",
            "write",
            "ioctl",
            "socket",
            "bind",
            "socketcall",
            "ipc",
            "shmget",
            "semop",
            "clone",
            "openat",
            "chown",
            "chown32",
            "personality",
            "mknod",
            "cacheflush",
            "exit_group",
            "listns",
            "rt_sigaction",
            "s390_sthyi",
            "no_such_call");

    private static final long[] VALUES = {
        0, 1, 2, 23, 0x5412, 0xffff_ffffL, 0x1_0000_0000L, 0x1_0000_5412L, Long.MIN_VALUE, -1
    };

    private RandomFilters() {}

    static Filter filter(Random random) {
        var abis = new ArrayList<Abi>();
        for (Abi abi : Abi.values()) {
            if (random.nextInt(4) > 0) {
                abis.add(abi);
            }
        }
        if (abis.isEmpty()) {
            abis.add(Abi.X86_64);
        }
        var rules = new ArrayList<Rule>();
        for (int i = random.nextInt(12); i >= 0; i--) {
            var names = new ArrayList<String>();
            for (int n = random.nextInt(4); n >= 0; n--) {
                names.add(NAMES.get(random.nextInt(NAMES.size())));
            }
            rules.add(new Rule(names, action(random), conditions(random)));
        }
        return new Filter(abis, action(random), action(random), rules);
    }

    private static Action action(Random random) {
        return switch (random.nextInt(7)) {
            case 0 -> Action.errno(random.nextInt(4096));
            case 1 -> new Action(Action.Kind.TRACE, random.nextInt(65536));
            case 2 -> Action.KILL_PROCESS;
            case 3 -> new Action(Action.Kind.KILL_THREAD, 0);
            case 4 -> new Action(Action.Kind.TRAP, 0);
            case 5 -> new Action(Action.Kind.LOG, 0);
            default -> Action.ALLOW;
        };
    }

    private static List<Condition> conditions(Random random) {
        var conditions = new ArrayList<Condition>();
        for (int i = random.nextInt(4); i > 0; i--) {
            int argument = random.nextInt(3);
            long value = VALUES[random.nextInt(VALUES.length)];
            conditions.add(
                    random.nextInt(4) == 0
                            ? Condition.masked(argument, VALUES[random.nextInt(VALUES.length)], value)
                            : new Condition(argument, Operator.values()[random.nextInt(6)], value));
        }
        return conditions;
    }

    /// A number of a call, mostly of one that a rule names.
    static int number(Random random, Abi abi, Filter filter) {
        if (random.nextInt(4) == 0) {
            return random.nextInt(600);
        }
        Rule rule = filter.rules().get(random.nextInt(filter.rules().size()));
        String name = rule.names().get(random.nextInt(rule.names().size()));
        if (abi == Abi.I386 && random.nextInt(3) == 0) {
            return random.nextBoolean() ? 102 : 117;
        }
        return SyscallTable.load().number(name, abi).orElse(random.nextInt(600));
    }

    static long[] arguments(Random random, long[] values) {
        long[] arguments = new long[6];
        for (int i = 0; i < 6; i++) {
            arguments[i] = random.nextInt(5) == 0 ? random.nextInt(30) : values[random.nextInt(values.length)];
        }
        return arguments;
    }
}
