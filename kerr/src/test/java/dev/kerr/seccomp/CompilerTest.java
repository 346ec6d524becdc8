package dev.kerr.seccomp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kerr.log.UserException;
import dev.kerr.seccomp.Condition.Operator;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CompilerTest {
    private static final SyscallTable TABLE = SyscallTable.load();
    private static final long X32 = 1L << 30;
    private static final List<Abi> X86 = List.of(Abi.X86_64, Abi.I386, Abi.X32);

    /// Values at which halves, signs and masks show.
    private static final long[] VALUES = {
        0,
        1,
        2,
        8,
        0x5412,
        0x7fff_ffffL,
        0x8000_0000L,
        0xffff_ffffL,
        0x1_0000_0000L,
        0x1_0000_5412L,
        0x7fff_ffff_ffff_ffffL,
        0x8000_0000_0000_0000L,
        -1,
        -2,
        0xffff_ffff_0000_0000L
    };

    private static Interpreter compiled(Filter filter) throws UserException {
        return new Interpreter(Compiler.compile(filter, TABLE));
    }

    private static Filter filter(Action otherwise, Rule... rules) {
        return new Filter(X86, Action.KILL_PROCESS, otherwise, List.of(rules));
    }

    private static long raw(Abi abi, long number) {
        return abi == Abi.X32 ? number | X32 : number;
    }

    @Test
    void random_filters_do_what_their_rules_say() throws UserException {
        int calls = 0;
        for (int seed = 0; seed < 300; seed++) {
            var random = new Random(seed);
            Filter filter = RandomFilters.filter(random);
            var interpreter = compiled(filter);
            var model = new Model(filter);
            for (int i = 0; i < 400; i++) {
                Abi abi = Abi.values()[random.nextInt(5)];
                int number = RandomFilters.number(random, abi, filter);
                long[] arguments = RandomFilters.arguments(random, VALUES);
                long expected = model.decide(abi, number, arguments).value();
                assertThat(interpreter.run(abi, raw(abi, number), arguments))
                        .as("seed %s, %s %s %s of %s", seed, abi, number, arguments, filter)
                        .isEqualTo(expected);
                calls++;
            }
        }
        assertThat(calls).isEqualTo(120_000);
    }

    @ParameterizedTest
    @EnumSource(Operator.class)
    void each_comparison_is_of_64_bits_without_sign(Operator operator) throws UserException {
        for (long value : VALUES) {
            var rule = new Rule(List.of("personality"), Action.errno(7), List.of(new Condition(5, operator, value)));
            var interpreter = compiled(filter(Action.ALLOW, rule));
            var model = new Model(filter(Action.ALLOW, rule));
            for (long argument : VALUES) {
                for (Abi abi : X86) {
                    int number = Model.number(abi, "personality");
                    assertThat(interpreter.run(abi, raw(abi, number), 0, 0, 0, 0, 0, argument))
                            .as("%s: %x %s %x", abi, argument, operator, value)
                            .isEqualTo(model.decide(abi, number, 0, 0, 0, 0, 0, argument)
                                    .value());
                }
            }
        }
    }

    @Test
    void masks_are_of_64_bits() throws UserException {
        for (long mask : VALUES) {
            for (long value : VALUES) {
                var rule = new Rule(List.of("clone"), Action.errno(7), List.of(Condition.masked(0, mask, value)));
                var interpreter = compiled(filter(Action.ALLOW, rule));
                for (long argument : VALUES) {
                    boolean met = (argument & mask) == value;
                    assertThat(interpreter.run(Abi.X86_64, 56, argument))
                            .as("%x & %x == %x", argument, mask, value)
                            .isEqualTo(met ? 0x50007 : 0x7fff0000);
                }
            }
        }
    }

    @Test
    void jumps_of_more_than_255_instructions_reach() throws UserException {
        var rules = new ArrayList<Rule>();
        for (int i = 0; i < 150; i++) {
            // decisions that differ, of some 8 instructions each
            var condition = new Condition(1, Operator.GT, 1_000_000_000_000L + i);
            rules.add(new Rule(
                    List.of(Model.names(Abi.X86_64, 2 * i).getFirst()), Action.errno(i + 1), List.of(condition)));
        }
        var filter = new Filter(List.of(Abi.X86_64), Action.KILL_PROCESS, Action.errno(999), rules);
        var program = Compiler.compile(filter, TABLE);
        assertThat(program.instructions().size()).isGreaterThan(1000);
        var interpreter = new Interpreter(program);
        for (int number = 0; number < 320; number++) {
            boolean ruled = number % 2 == 0 && number < 300;
            assertThat(interpreter.run(Abi.X86_64, number, 0, -1)).isEqualTo(0x50000 | (ruled ? number / 2 + 1 : 999));
            assertThat(interpreter.run(Abi.X86_64, number, 0, 5)).isEqualTo(0x50000 | 999);
        }
    }

    @Test
    void a_program_that_the_kernel_would_not_take_is_refused() {
        var rules = new ArrayList<Rule>();
        for (int i = 0; i < 600; i++) {
            var condition = new Condition(i % 6, Operator.GT, 1_000_000_000_000L + i);
            rules.add(new Rule(List.of("read"), Action.errno(1), List.of(condition)));
        }
        assertThatThrownBy(() -> Compiler.compile(filter(Action.ALLOW, rules.toArray(Rule[]::new)), TABLE))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("instructions, and the kernel takes 4096");
    }

    @Test
    void the_first_rule_whose_conditions_are_met_counts() throws UserException {
        var interpreter = compiled(filter(
                Action.errno(1),
                new Rule(List.of("read"), Action.errno(5), List.of(new Condition(0, Operator.EQ, 3))),
                new Rule(List.of("read", "write"), Action.ALLOW),
                new Rule(List.of("write"), Action.KILL_PROCESS)));
        assertThat(interpreter.run(Abi.X86_64, 0, 3)).isEqualTo(0x50005);
        assertThat(interpreter.run(Abi.X86_64, 0, 4)).isEqualTo(0x7fff0000);
        assertThat(interpreter.run(Abi.X86_64, 1, 3)).isEqualTo(0x7fff0000);
        assertThat(interpreter.run(Abi.X86_64, 2, 3)).isEqualTo(0x50001);
    }

    @Test
    void calls_of_other_architectures_are_not_taken_for_the_machines() throws UserException {
        var filter = new Filter(
                List.of(Abi.X86_64),
                Action.KILL_PROCESS,
                Action.errno(38),
                List.of(new Rule(List.of("read", "write", "getpid"), Action.ALLOW)));
        var interpreter = compiled(filter);
        assertThat(interpreter.run(Abi.X86_64, 0)).isEqualTo(0x7fff0000);
        assertThat(interpreter.run(Abi.X86_64, 5)).isEqualTo(0x50000 | 38);
        assertThat(interpreter.run(Abi.X86_64, X32)).isEqualTo(0x8000_0000L);
        assertThat(interpreter.run(Abi.X86_64, 0x7fff_ffffL)).isEqualTo(0x8000_0000L);
        assertThat(interpreter.run(Abi.I386, 0)).isEqualTo(0x8000_0000L);
        assertThat(interpreter.run(0xc000_00f3L, 0)).isEqualTo(0x8000_0000L); // riscv64
        // a tracer that makes a call void gets it, and others no more than from any unknown number
        assertThat(interpreter.run(Abi.X86_64, 0xffff_ffffL)).isEqualTo(0x50000 | 38);
    }

    @Test
    void rules_for_sockets_hold_for_the_one_call_that_makes_them_all() throws UserException {
        var family = List.of(new Condition(0, Operator.EQ, 40));
        var denying = compiled(filter(Action.ALLOW, new Rule(List.of("socket"), Action.errno(1), family)));
        assertThat(denying.run(Abi.I386, 359, 40)).isEqualTo(0x50001);
        assertThat(denying.run(Abi.I386, 359, 2)).isEqualTo(0x7fff0000);
        assertThat(denying.run(Abi.I386, 102, 1)).isEqualTo(0x50001);
        assertThat(denying.run(Abi.I386, 102, 3)).isEqualTo(0x7fff0000);
        var allowing = compiled(filter(
                Action.errno(1),
                new Rule(List.of("socket"), Action.ALLOW, family),
                new Rule(List.of("bind"), Action.ALLOW)));
        assertThat(allowing.run(Abi.I386, 359, 40)).isEqualTo(0x7fff0000);
        assertThat(allowing.run(Abi.I386, 102, 1)).isEqualTo(0x50001);
        assertThat(allowing.run(Abi.I386, 102, 2)).isEqualTo(0x7fff0000);
        var ipc = compiled(filter(Action.ALLOW, new Rule(List.of("shmget"), Action.errno(1))));
        assertThat(ipc.run(Abi.I386, 117, 23)).isEqualTo(0x50001);
        assertThat(ipc.run(Abi.I386, 117, 0x1_0017)).isEqualTo(0x50001);
        assertThat(ipc.run(Abi.I386, 117, 22)).isEqualTo(0x7fff0000);
    }

    @Test
    void a_number_is_found_by_halves() throws UserException {
        var rules = new ArrayList<Rule>();
        for (int number = 0; number < 330; number += 2) {
            rules.add(new Rule(Model.names(Abi.X86_64, number), Action.ALLOW));
        }
        var interpreter = compiled(filter(Action.errno(38), rules.toArray(Rule[]::new)));
        for (int number = 0; number < 600; number++) {
            interpreter.run(Abi.X86_64, number);
            assertThat(interpreter.steps()).as("%s", number).isLessThan(20);
        }
    }
}
