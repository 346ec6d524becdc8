package dev.kerr.starter;

import dev.kerr.container.Op;
import dev.kerr.container.Plan;
import dev.kerr.container.RawText;
import dev.kerr.container.Reuse;
import dev.kerr.log.UserException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/// Writes plans as the C program reads them: little-endian, at most 1 MiB.
///
/// **Source:** `starter/plan.h`, which defines the format; a test compares the constants.
public final class PlanEncoder {
    static final String MAGIC = "KERRPLAN";
    static final int VERSION = 1;
    static final int HEADER_SIZE = 20;
    static final int BYTES_MAX = 1 << 20;
    static final int OPS_MAX = 4096;
    private static final int REUSE_HEADER_SIZE = 12;

    private PlanEncoder() {}

    /// A plan, and behind it when it may be performed again: the size of the rest, which is 0 if never; the word of the
    /// image; the fewest words; the size of what was said, and that; the inputs.
    ///
    /// @throws UserException if the plan is too large, as by very many binds
    static byte[] encode(Plan plan, Optional<Reuse> reuse) throws UserException {
        var bytes = new ByteArrayOutputStream(16 << 10);
        bytes.writeBytes(encode(plan));
        if (reuse.isEmpty()) {
            put(bytes, 0, 4);
            return bytes.toByteArray();
        }
        byte[] said = reuse.get().said().getBytes(StandardCharsets.UTF_8);
        byte[] inputs = reuse.get().inputs().encode();
        put(bytes, REUSE_HEADER_SIZE + said.length + inputs.length, 4);
        put(bytes, reuse.get().imageWord(), 4);
        put(bytes, reuse.get().fewestWords(), 4);
        put(bytes, said.length, 4);
        bytes.writeBytes(said);
        bytes.writeBytes(inputs);
        return bytes.toByteArray();
    }

    /// @throws UserException if the plan is too large, as by very many binds
    public static byte[] encode(Plan plan) throws UserException {
        var ops = new ByteArrayOutputStream(16 << 10);
        for (Op op : plan.ops()) {
            encode(op, ops);
        }
        if (ops.size() > BYTES_MAX - HEADER_SIZE || plan.ops().size() > OPS_MAX) {
            throw new UserException("the launch needs a plan of more than 1 MiB", "use fewer binds and variables");
        }
        var bytes = new ByteArrayOutputStream(HEADER_SIZE + ops.size());
        bytes.writeBytes(MAGIC.getBytes(StandardCharsets.US_ASCII));
        put(bytes, VERSION, 2);
        put(bytes, 0, 2);
        put(bytes, plan.ops().size(), 4);
        put(bytes, ops.size(), 4);
        bytes.writeBytes(ops.toByteArray());
        return bytes.toByteArray();
    }

    private static void encode(Op op, ByteArrayOutputStream to) throws UserException {
        var strings = new ByteArrayOutputStream();
        List<String> arguments = op.arguments();
        for (String argument : arguments) {
            if (argument.indexOf('\0') >= 0) {
                throw new UserException("a NUL character cannot be part of a launch: " + argument.replace('\0', '?'));
            }
            strings.writeBytes(RawText.encode(argument));
            strings.write(0);
        }
        if (arguments.size() > 0xffff) {
            throw new UserException("the launch needs more than 65535 arguments in one place");
        }
        put(to, op.code().number(), 2);
        put(to, arguments.size(), 2);
        put(to, strings.size(), 4);
        to.writeBytes(strings.toByteArray());
    }

    private static void put(ByteArrayOutputStream to, int value, int bytes) {
        for (int i = 0; i < bytes; i++) {
            to.write(value >>> 8 * i);
        }
    }
}
