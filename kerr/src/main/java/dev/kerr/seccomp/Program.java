package dev.kerr.seccomp;

import java.util.List;

/// A program of classic BPF that the kernel runs at each system call.
///
/// **Source:** linux/filter.h, linux/bpf_common.h, seccomp(2).
public record Program(List<Instruction> instructions) {
    /// The kernel's limit: BPF_MAXINSNS.
    public static final int MOST_INSTRUCTIONS = 4096;

    private static final String DIGITS = "0123456789abcdef";

    public Program {
        instructions = List.copyOf(instructions);
    }

    /// One instruction: `struct sock_filter`.
    ///
    /// @param whenTrue how many instructions a test that holds skips, 0 to 255
    /// @param whenFalse how many another skips, 0 to 255
    /// @param operand 32 bits
    public record Instruction(int code, int whenTrue, int whenFalse, long operand) {
        public Instruction {
            if (whenTrue < 0 || whenTrue > 255 || whenFalse < 0 || whenFalse > 255 || operand >>> 32 != 0) {
                throw new IllegalArgumentException(code + " " + whenTrue + " " + whenFalse + " " + operand);
            }
        }
    }

    /// As the plan has it: for each instruction its 8 bytes, little-endian, as 16 digits.
    public String text() {
        var text = new StringBuilder(instructions.size() * 16);
        for (Instruction instruction : instructions) {
            append(text, instruction.code(), 2);
            append(text, instruction.whenTrue(), 1);
            append(text, instruction.whenFalse(), 1);
            append(text, instruction.operand(), 4);
        }
        return text.toString();
    }

    private static void append(StringBuilder text, long value, int bytes) {
        for (int i = 0; i < bytes; i++) {
            int octet = (int) (value >>> 8 * i) & 0xff;
            text.append(DIGITS.charAt(octet >>> 4)).append(DIGITS.charAt(octet & 15));
        }
    }
}
