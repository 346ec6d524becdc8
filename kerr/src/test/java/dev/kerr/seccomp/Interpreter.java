package dev.kerr.seccomp;

import dev.kerr.seccomp.Program.Instruction;
import java.util.List;

/// Runs a program as the kernel does, after the kernel's own checks: only what seccomp(2) takes, every jump within the
/// program, no end without a result.
///
/// **Source:** `bpf_check_classic` of the kernel's filter.c and `seccomp_check_filter` of its seccomp.c.
final class Interpreter {
    private final List<Instruction> program;

    /// How many instructions the last call took.
    private int steps;

    Interpreter(Program program) {
        this.program = program.instructions();
        if (this.program.isEmpty() || this.program.size() > 4096) {
            throw new IllegalArgumentException(this.program.size() + " instructions");
        }
        for (int i = 0; i < this.program.size(); i++) {
            check(this.program.get(i), this.program.size() - i - 1);
        }
        if (this.program.getLast().code() != 0x06) {
            throw new IllegalArgumentException("the last instruction is no return");
        }
    }

    /// A program as the plan has it.
    static Interpreter of(String text) {
        var instructions = new java.util.ArrayList<Instruction>();
        for (int at = 0; at < text.length(); at += 16) {
            instructions.add(new Instruction(
                    (int) number(text, at, 2),
                    (int) number(text, at + 4, 1),
                    (int) number(text, at + 6, 1),
                    number(text, at + 8, 4)));
        }
        return new Interpreter(new Program(instructions));
    }

    private static long number(String text, int at, int bytes) {
        long value = 0;
        for (int i = bytes - 1; i >= 0; i--) {
            value = value << 8 | Integer.parseInt(text.substring(at + 2 * i, at + 2 * i + 2), 16);
        }
        return value;
    }

    private static void check(Instruction instruction, int behind) {
        boolean fits = switch (instruction.code()) {
            case 0x20 -> instruction.operand() < 64 && instruction.operand() % 4 == 0;
            case 0x54, 0x06 -> true;
            case 0x05 -> instruction.operand() < behind;
            case 0x15, 0x25, 0x35 -> instruction.whenTrue() < behind && instruction.whenFalse() < behind;
            default -> false;
        };
        if (!fits) {
            throw new IllegalArgumentException(instruction + ", and " + behind + " behind it");
        }
    }

    /// What the program returns for a call.
    ///
    /// @param number as the kernel shows it, for x32 with its bit
    long run(Abi abi, long number, long... arguments) {
        return run(abi.audit(), number, arguments);
    }

    long run(long architecture, long number, long... arguments) {
        long accumulator = 0;
        steps = 0;
        for (int at = 0; ; at++) {
            steps++;
            Instruction instruction = program.get(at);
            long operand = instruction.operand();
            switch (instruction.code()) {
                case 0x20 -> accumulator = load((int) operand, architecture, number, arguments);
                case 0x54 -> accumulator &= operand;
                case 0x05 -> at += (int) operand;
                case 0x15 -> at += accumulator == operand ? instruction.whenTrue() : instruction.whenFalse();
                case 0x25 -> at += accumulator > operand ? instruction.whenTrue() : instruction.whenFalse();
                case 0x35 -> at += accumulator >= operand ? instruction.whenTrue() : instruction.whenFalse();
                case 0x06 -> {
                    return operand;
                }
                default -> throw new IllegalStateException(instruction.toString());
            }
        }
    }

    int steps() {
        return steps;
    }

    private static long load(int offset, long architecture, long number, long[] arguments) {
        if (offset < 16) {
            return switch (offset) {
                case 0 -> number;
                case 4 -> architecture;
                default -> 0xdead_beefL; // the instruction pointer
            };
        }
        int index = (offset - 16) / 8;
        long argument = index < arguments.length ? arguments[index] : 0;
        return offset % 8 == 0 ? argument & 0xffff_ffffL : argument >>> 32;
    }
}
