package dev.kerr.seccomp;

import dev.kerr.log.UserException;
import dev.kerr.seccomp.Assembler.Label;
import dev.kerr.seccomp.Assembler.Test;
import dev.kerr.seccomp.Decision.Way;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Compiles a filter: first the architecture, then the number by halves, then the arguments.
///
/// ```
/// load architecture ──► x86_64: load number ──► x32?
///                  │                       └──► which half? ──► … ──► arguments ──► an action
///                  ├──► i386: …
///                  └──► others: an action
/// ```
public final class Compiler {
    /// The number of a call that a tracer has made void; the kernel makes nothing of it.
    private static final long VOID = 0xffff_ffffL;

    private final Filter filter;
    private final SyscallTable table;
    private final Assembler assembler = new Assembler();

    private Compiler(Filter filter, SyscallTable table) {
        this.filter = filter;
        this.table = table;
    }

    /// Compiles.
    ///
    /// @throws UserException if the program is longer than the kernel takes
    public static Program compile(Filter filter, SyscallTable table) throws UserException {
        var program = new Compiler(filter, table).compile();
        int size = program.instructions().size();
        if (size > Program.MOST_INSTRUCTIONS) {
            throw new UserException(
                    "the seccomp filter needs " + size + " instructions, and the kernel takes "
                            + Program.MOST_INSTRUCTIONS,
                    "use fewer architectures, or fewer rules with arguments");
        }
        return program;
    }

    private Program compile() {
        assembler.load(Assembler.ARCHITECTURE);
        var sections = new LinkedHashMap<Long, Label>();
        for (Abi abi : filter.abis()) {
            if (!sections.containsKey(abi.audit())) {
                var section = new Label();
                var next = new Label();
                sections.put(abi.audit(), section);
                assembler.choose(Test.EQUAL, abi.audit(), section, next);
                assembler.place(next);
            }
        }
        assembler.end(filter.otherAbis());
        for (Map.Entry<Long, Label> section : sections.entrySet()) {
            assembler.place(section.getValue());
            assembler.load(Assembler.NUMBER);
            if (section.getKey() == Abi.X86_64.audit()) {
                x86();
            } else {
                abi(only(section.getKey()));
            }
        }
        return assembler.assemble();
    }

    private Abi only(long audit) {
        for (Abi abi : filter.abis()) {
            if (abi.audit() == audit) {
                return abi;
            }
        }
        throw new IllegalArgumentException(filter.toString());
    }

    /// The calls of x86_64, and of x32, which have bit 30.
    private void x86() {
        var x32 = new Label();
        var x64 = new Label();
        assembler.choose(Test.GREATER_OR_EQUAL, Abi.X32_BIT, x32, x64);
        assembler.place(x64);
        section(Abi.X86_64);
        assembler.place(x32);
        var voided = new Label();
        var real = new Label();
        assembler.choose(Test.EQUAL, VOID, voided, real);
        assembler.place(voided);
        assembler.end(filter.otherwise());
        assembler.place(real);
        section(Abi.X32);
    }

    private void section(Abi abi) {
        if (filter.abis().contains(abi)) {
            abi(abi);
        } else {
            assembler.end(filter.otherAbis());
        }
    }

    private void abi(Abi abi) {
        long offset = abi == Abi.X32 ? Abi.X32_BIT : 0;
        var labels = new LinkedHashMap<Decision, Label>();
        search(ranges(abi, offset), labels);
        for (Map.Entry<Decision, Label> decision : labels.entrySet()) {
            assembler.place(decision.getValue());
            for (Way way : decision.getKey().ways()) {
                way(way, abi.bits());
            }
        }
    }

    /// Numbers from this one up to that of the next have the same decision.
    private record Range(long from, Decision decision) {}

    private List<Range> ranges(Abi abi, long offset) {
        Decision otherwise = Decision.always(filter.otherwise());
        var decisions = decisions(abi);
        var ranges = new ArrayList<Range>();
        ranges.add(new Range(0, otherwise));
        long next = 0;
        for (Map.Entry<Integer, Decision> entry : decisions.entrySet()) {
            if (entry.getKey() > next) {
                add(ranges, offset + next, otherwise);
            }
            add(ranges, offset + entry.getKey(), entry.getValue());
            next = entry.getKey() + 1L;
        }
        add(ranges, offset + next, otherwise);
        return ranges;
    }

    private static void add(List<Range> ranges, long from, Decision decision) {
        if (ranges.getLast().from == from) {
            ranges.removeLast();
        }
        if (ranges.isEmpty() || !ranges.getLast().decision.equals(decision)) {
            ranges.add(new Range(from, decision));
        }
    }

    /// By number, of the calls for which there is a rule.
    private Map<Integer, Decision> decisions(Abi abi) {
        var ways = new TreeMap<Integer, List<Way>>();
        for (Rule rule : filter.rules()) {
            for (String name : rule.names()) {
                add(ways, abi, name, new Way(rule.conditions(), rule.action()));
                if (abi == Abi.I386) {
                    addMultiplexed(ways, name, rule);
                }
            }
        }
        var decisions = new TreeMap<Integer, Decision>();
        ways.forEach((number, all) -> decisions.put(number, Decision.of(all, filter.otherwise())));
        return decisions;
    }

    private void add(Map<Integer, List<Way>> ways, Abi abi, String name, Way way) {
        var number = table.number(name, abi);
        if (number.isPresent()) {
            ways.computeIfAbsent(number.getAsInt(), _ -> new ArrayList<>()).add(way);
        }
    }

    /// The arguments of such a call lie in memory, where a filter sees none: what a rule forbids under conditions is
    /// forbidden without, and what it allows under conditions is not allowed by it.
    private void addMultiplexed(Map<Integer, List<Way>> ways, String name, Rule rule) {
        boolean holds = rule.conditions().isEmpty()
                || rule.action().kind().isStricterThan(filter.otherwise().kind());
        for (Multiplexer multiplexer : Multiplexer.values()) {
            if (holds && multiplexer.standsFor(name)) {
                var way = new Way(List.of(multiplexer.means(name)), rule.action());
                add(ways, Abi.I386, multiplexer.call(), way);
            }
        }
    }

    /// Finds the range of the number that is loaded, by halves.
    private void search(List<Range> ranges, Map<Decision, Label> labels) {
        if (ranges.size() == 1) {
            assembler.jump(label(ranges.getFirst(), labels));
            return;
        }
        int middle = ranges.size() / 2;
        var lower = ranges.subList(0, middle);
        var upper = ranges.subList(middle, ranges.size());
        var toLower = half(lower, labels);
        var toUpper = half(upper, labels);
        assembler.choose(Test.GREATER_OR_EQUAL, upper.getFirst().from, toUpper, toLower);
        search(lower, toLower, labels);
        search(upper, toUpper, labels);
    }

    /// A half of one range needs no search.
    private static Label half(List<Range> ranges, Map<Decision, Label> labels) {
        return ranges.size() == 1 ? label(ranges.getFirst(), labels) : new Label();
    }

    private void search(List<Range> ranges, Label at, Map<Decision, Label> labels) {
        if (ranges.size() > 1) {
            assembler.place(at);
            search(ranges, labels);
        }
    }

    private static Label label(Range range, Map<Decision, Label> labels) {
        return labels.computeIfAbsent(range.decision, _ -> new Label());
    }

    private void way(Way way, int bits) {
        var otherwise = new Label();
        for (Condition condition : way.conditions()) {
            var met = new Label();
            new Comparison(assembler, condition, met, otherwise).assemble(bits);
            assembler.place(met);
        }
        assembler.end(way.action());
        assembler.place(otherwise);
    }
}
