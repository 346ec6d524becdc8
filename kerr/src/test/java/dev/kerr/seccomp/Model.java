package dev.kerr.seccomp;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// What a filter means, read off its rules one by one. It shares nothing with the compiler but the rules.
final class Model {
    private static final List<String> SOCKETCALLS = List.of(
            "",
            "socket",
            "bind",
            "connect",
            "listen",
            "accept",
            "getsockname",
            "getpeername",
            "socketpair",
            "send",
            "recv",
            "sendto",
            "recvfrom",
            "shutdown",
            "setsockopt",
            "getsockopt",
            "sendmsg",
            "recvmsg",
            "accept4",
            "recvmmsg",
            "sendmmsg");

    private static final List<String> IPC = List.of(
            "",
            "semop",
            "semget",
            "semctl",
            "semtimedop",
            "",
            "",
            "",
            "",
            "",
            "",
            "msgsnd",
            "msgrcv",
            "msgget",
            "msgctl",
            "",
            "",
            "",
            "",
            "",
            "",
            "shmat",
            "shmdt",
            "shmget",
            "shmctl");

    private final Filter filter;

    Model(Filter filter) {
        this.filter = filter;
    }

    /// @param number without the bit of x32
    Action decide(Abi abi, int number, long... arguments) {
        if (!filter.abis().contains(abi)) {
            return filter.otherAbis();
        }
        List<String> names = names(abi, number);
        String meant = abi == Abi.I386 ? meant(names, arguments) : "";
        for (Rule rule : filter.rules()) {
            for (String name : rule.names()) {
                boolean strict = rank(rule.action()) < rank(filter.otherwise());
                if (names.contains(name) && holds(rule, abi, arguments)
                        || name.equals(meant) && (rule.conditions().isEmpty() || strict)) {
                    return rule.action();
                }
            }
        }
        return filter.otherwise();
    }

    /// The names of a number, read from the table anew.
    static List<String> names(Abi abi, int number) {
        return Table.NAMES.get(column(abi)).getOrDefault(Integer.toString(number), List.of());
    }

    private static int column(Abi abi) {
        return 1 + List.of(Abi.X86_64, Abi.I386, Abi.X32, Abi.AARCH64, Abi.ARM).indexOf(abi);
    }

    static int number(Abi abi, String name) {
        for (String line : Table.LINES) {
            String[] words = line.split(" ");
            if (words[0].equals(name)) {
                return Integer.parseInt(words[column(abi)]);
            }
        }
        throw new IllegalArgumentException(name);
    }

    private static final class Table {
        static final List<String> LINES = read();
        static final List<Map<String, List<String>>> NAMES = names();

        private static List<Map<String, List<String>>> names() {
            var columns = new ArrayList<Map<String, List<String>>>();
            for (int column = 0; column < 6; column++) {
                var names = new HashMap<String, List<String>>();
                for (String line : LINES) {
                    String[] words = line.split(" ");
                    names.computeIfAbsent(words[column], _ -> new ArrayList<>()).add(words[0]);
                }
                columns.add(names);
            }
            return columns;
        }

        private static List<String> read() {
            try (var in = Objects.requireNonNull(SyscallTable.class.getResourceAsStream("syscalls.txt"))) {
                return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                        .lines()
                        .filter(line -> !line.startsWith("#"))
                        .toList();
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private static String meant(List<String> names, long[] arguments) {
        if (names.contains("socketcall")) {
            int call = (int) arguments[0];
            return call > 0 && call < SOCKETCALLS.size() ? SOCKETCALLS.get(call) : "none";
        }
        if (names.contains("ipc")) {
            int call = (int) arguments[0] & 0xffff;
            return call < IPC.size() && !IPC.get(call).isEmpty() ? IPC.get(call) : "none";
        }
        return "none";
    }

    private static int rank(Action action) {
        return switch (action.kind()) {
            case KILL_PROCESS -> 0;
            case KILL_THREAD -> 1;
            case TRAP -> 2;
            case ERRNO -> 3;
            case TRACE -> 4;
            case LOG -> 5;
            case ALLOW -> 6;
        };
    }

    private static boolean holds(Rule rule, Abi abi, long[] arguments) {
        for (Condition condition : rule.conditions()) {
            long bits = abi == Abi.X86_64 || abi == Abi.AARCH64 ? -1 : 0xffff_ffffL;
            long argument = arguments[condition.argument()] & condition.mask() & bits;
            long value = condition.value() & bits;
            int order = Long.compareUnsigned(argument, value);
            boolean met = switch (condition.operator()) {
                case EQ -> order == 0;
                case NE -> order != 0;
                case LT -> order < 0;
                case LE -> order <= 0;
                case GT -> order > 0;
                case GE -> order >= 0;
            };
            if (!met) {
                return false;
            }
        }
        return true;
    }
}
