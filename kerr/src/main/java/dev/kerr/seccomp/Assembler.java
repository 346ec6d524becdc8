package dev.kerr.seccomp;

import dev.kerr.seccomp.Program.Instruction;
import java.util.ArrayList;
import java.util.List;

/// Puts a program together. Jumps go forward to labels, however far: where an instruction's 8 bits do not reach, a long
/// jump is put behind it.
///
/// Only such instructions are used as the kernel understands when it looks which calls are always allowed, and then
/// runs no program for these at all (since Linux 5.11).
///
/// **Source:** linux/bpf_common.h; `seccomp_is_const_allow` of the kernel's seccomp.c.
final class Assembler {
    /// Offsets of `struct seccomp_data`.
    static final int NUMBER = 0;

    static final int ARCHITECTURE = 4;

    private static final int ARGUMENTS = 16;

    private static final int LOAD = 0x20; // BPF_LD | BPF_W | BPF_ABS
    private static final int AND = 0x54; // BPF_ALU | BPF_AND | BPF_K
    private static final int JUMP = 0x05; // BPF_JMP | BPF_JA
    private static final int RETURN = 0x06; // BPF_RET | BPF_K

    private final List<Line> lines = new ArrayList<>();

    /// A place in the program.
    static final class Label {
        private int at = -1;
    }

    /// The tests of an instruction: without a sign.
    enum Test {
        EQUAL(0x15),
        GREATER(0x25),
        GREATER_OR_EQUAL(0x35);

        private final int code;

        Test(int code) {
            this.code = code;
        }
    }

    /// An instruction with places for offsets.
    private sealed interface Line {
        record Fixed(Instruction instruction) implements Line {}

        record Place(Label label) implements Line {}

        record Jump(Label to) implements Line {}

        /// @param far which of the two jumps need a long one
        record Choice(Test test, long operand, Label yes, Label no, Far far) implements Line {}
    }

    private static final class Far {
        private boolean yes;
        private boolean no;

        int size() {
            return 1 + (yes ? 1 : 0) + (no ? 1 : 0);
        }
    }

    /// Loads the 32 bits at an offset of what the kernel shows of the call.
    void load(int offset) {
        add(LOAD, offset);
    }

    /// Loads half of an argument, on a little-endian machine.
    void loadArgument(int number, boolean upper) {
        load(ARGUMENTS + 8 * number + (upper ? 4 : 0));
    }

    void and(long mask) {
        add(AND, mask);
    }

    void end(Action action) {
        add(RETURN, action.value());
    }

    private void add(int code, long operand) {
        lines.add(new Line.Fixed(new Instruction(code, 0, 0, operand)));
    }

    void place(Label label) {
        lines.add(new Line.Place(label));
    }

    void jump(Label to) {
        lines.add(new Line.Jump(to));
    }

    void choose(Test test, long operand, Label yes, Label no) {
        lines.add(new Line.Choice(test, operand, yes, no, new Far()));
    }

    /// The program. Its jumps are short first; each that does not reach becomes a long one, which may push others out
    /// of reach, until all do.
    Program assemble() {
        do {
            arrange();
        } while (lengthen());
        var instructions = new ArrayList<Instruction>();
        for (Line line : lines) {
            encode(line, instructions);
        }
        return new Program(instructions);
    }

    private void arrange() {
        int at = 0;
        for (Line line : lines) {
            if (line instanceof Line.Place(Label label)) {
                label.at = at;
            }
            at += size(line);
        }
    }

    private static int size(Line line) {
        return switch (line) {
            case Line.Place _ -> 0;
            case Line.Choice choice -> choice.far.size();
            case Line.Fixed _, Line.Jump _ -> 1;
        };
    }

    /// @return whether a jump became longer
    private boolean lengthen() {
        boolean changed = false;
        int at = 0;
        for (Line line : lines) {
            if (line instanceof Line.Choice choice) {
                if (!choice.far.yes && choice.yes.at - (at + 1) > 255) {
                    choice.far.yes = true;
                    changed = true;
                }
                if (!choice.far.no && choice.no.at - (at + 1) > 255) {
                    choice.far.no = true;
                    changed = true;
                }
            }
            at += size(line);
        }
        return changed;
    }

    private static void encode(Line line, List<Instruction> to) {
        switch (line) {
            case Line.Fixed(Instruction instruction) -> to.add(instruction);
            case Line.Place _ -> {}
            case Line.Jump(Label label) -> to.add(jump(to.size(), label));
            case Line.Choice choice -> encode(choice, to);
        }
    }

    private static void encode(Line.Choice choice, List<Instruction> to) {
        int next = to.size() + 1;
        boolean yes = choice.far.yes;
        int whenTrue = yes ? 0 : choice.yes.at - next;
        int whenFalse = choice.far.no ? (yes ? 1 : 0) : choice.no.at - next;
        to.add(new Instruction(choice.test.code, whenTrue, whenFalse, choice.operand));
        if (yes) {
            to.add(jump(to.size(), choice.yes));
        }
        if (choice.far.no) {
            to.add(jump(to.size(), choice.no));
        }
    }

    private static Instruction jump(int at, Label label) {
        return new Instruction(JUMP, 0, 0, label.at - (at + 1));
    }
}
