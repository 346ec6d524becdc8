package dev.kerr.starter;

import dev.kerr.container.Op;
import dev.kerr.container.Plan;
import dev.kerr.log.UserException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Writes plans as the C program reads them: little-endian, at most 1 MiB.
///
/// **Source:** `starter/plan.h`, which defines the format; a test compares the constants.
public final class PlanEncoder {
    static final String MAGIC = "KERRPLAN";
    static final int VERSION = 1;
    static final int HEADER_SIZE = 20;
    static final int BYTES_MAX = 1 << 20;
    static final int OPS_MAX = 4096;

    private PlanEncoder() {}

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
            strings.writeBytes(argument.getBytes(StandardCharsets.UTF_8));
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
