package dev.kerr.seccomp;

import java.util.Objects;

/// What an argument of a system call must be. Numbers have 64 bits and no sign; of a call of an [Abi] of 32 bits, and
/// of the values, only the lower 32 count.
///
/// @param argument 0 to 5
/// @param mask which bits of the argument count; all but for `SCMP_CMP_MASKED_EQ`
public record Condition(int argument, Operator operator, long mask, long value) {
    static final int ARGUMENTS = 6;

    public Condition {
        Objects.requireNonNull(operator);
        if (argument < 0 || argument >= ARGUMENTS || mask != -1 && operator != Operator.EQ) {
            throw new IllegalArgumentException("argument " + argument + " " + operator + " mask " + mask);
        }
    }

    public Condition(int argument, Operator operator, long value) {
        this(argument, operator, -1, value);
    }

    /// That some bits of an argument are these.
    public static Condition masked(int argument, long mask, long value) {
        return new Condition(argument, Operator.EQ, mask, value);
    }

    public enum Operator {
        EQ,
        NE,
        LT,
        LE,
        GT,
        GE
    }
}
