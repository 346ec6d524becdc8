package dev.kerr.seccomp;

import dev.kerr.seccomp.Assembler.Label;
import dev.kerr.seccomp.Assembler.Test;

/// A condition as instructions, which see an argument in halves of 32 bits.
///
/// @param met where to go on if it is met; placed behind it
/// @param unmet where to go on if not
record Comparison(Assembler assembler, Condition condition, Label met, Label unmet) {
    private static final long HALF = 0xffff_ffffL;

    /// @param bits how many of the argument count, 32 or 64
    void assemble(int bits) {
        if (bits == 64 && upper(condition.mask()) != 0) {
            upperHalf();
        } else if (bits == 64 && upper(condition.value()) != 0) {
            assembler.jump(unmet); // a bit that the mask takes away cannot be set
            return;
        }
        lowerHalf();
    }

    /// Decides by the upper halves, unless they are equal.
    private void upperHalf() {
        long value = upper(condition.value());
        var equal = new Label();
        load(true, upper(condition.mask()));
        switch (condition.operator()) {
            case EQ -> assembler.choose(Test.EQUAL, value, equal, unmet);
            case NE -> assembler.choose(Test.EQUAL, value, equal, met);
            case GT, GE -> other(value, equal, met, unmet);
            case LT, LE -> other(value, equal, unmet, met);
        }
        assembler.place(equal);
    }

    private void other(long value, Label equal, Label greater, Label less) {
        var notGreater = new Label();
        assembler.choose(Test.GREATER, value, greater, notGreater);
        assembler.place(notGreater);
        assembler.choose(Test.EQUAL, value, equal, less);
    }

    private void lowerHalf() {
        long value = condition.value() & HALF;
        load(false, condition.mask() & HALF);
        switch (condition.operator()) {
            case EQ -> assembler.choose(Test.EQUAL, value, met, unmet);
            case NE -> assembler.choose(Test.EQUAL, value, unmet, met);
            case GT -> assembler.choose(Test.GREATER, value, met, unmet);
            case GE -> assembler.choose(Test.GREATER_OR_EQUAL, value, met, unmet);
            case LT -> assembler.choose(Test.GREATER_OR_EQUAL, value, unmet, met);
            case LE -> assembler.choose(Test.GREATER, value, unmet, met);
        }
    }

    private void load(boolean upper, long mask) {
        assembler.loadArgument(condition.argument(), upper);
        if (mask != HALF) {
            assembler.and(mask);
        }
    }

    private static long upper(long value) {
        return value >>> 32;
    }
}
