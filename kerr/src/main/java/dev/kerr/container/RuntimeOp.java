package dev.kerr.container;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/// The steps that make, start and end containers of the OCI's runtime specification. `starter/plan.h` says what each
/// does.
public record RuntimeOp(OpCode code, List<String> arguments) implements Op {
    public RuntimeOp {
        Objects.requireNonNull(code);
        arguments = List.copyOf(arguments);
    }

    public static RuntimeOp of(OpCode code, String... arguments) {
        return new RuntimeOp(code, List.of(arguments));
    }

    /// One with a list behind what it always has.
    public static RuntimeOp with(OpCode code, List<String> first, List<String> rest) {
        var all = new ArrayList<>(first);
        all.addAll(rest);
        return new RuntimeOp(code, all);
    }

    /// The five sets of capabilities, as [dev.kerr.linux.Capability] has them.
    public static RuntimeOp capabilities(
            boolean noNewPrivileges, long bounding, long permitted, long effective, long inheritable, long ambient) {
        return of(
                OpCode.CAPABILITIES,
                noNewPrivileges ? "1" : "0",
                mask(bounding),
                mask(permitted),
                mask(effective),
                mask(inheritable),
                mask(ambient));
    }

    private static String mask(long set) {
        String digits = Long.toHexString(set);
        return "0000000000000000".substring(digits.length()) + digits;
    }
}
