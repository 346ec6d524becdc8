package dev.kerr.starter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.kerr.container.Op;
import dev.kerr.container.OpCode;
import dev.kerr.container.Plan;
import dev.kerr.log.UserException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class PlanEncoderTest {
    private static final int OP_HEADER_SIZE = 8;

    @Test
    void a_plan_has_these_bytes() throws UserException {
        var plan = new Plan(
                List.of(
                        new Op.Plain(OpCode.MOUNT_NAMESPACE),
                        new Op.Directory("/a", 0755),
                        new Op.Exec(3, List.of("/b", "", "é"))),
                List.of("a warning is no part of it"));
        String header = "4b455252504c414e" + "0100" + "0000" + "03000000" + "28000000";
        String namespace = "0400" + "0000" + "00000000";
        String directory = "0600" + "0200" + "07000000" + "2f6100" + "37353500";
        String exec = "1800" + "0400" + "09000000" + "3300" + "2f6200" + "00" + "c3a900";
        assertThat(HexFormat.of().formatHex(PlanEncoder.encode(plan)))
                .isEqualTo(header
                        + namespace
                        + directory
                        + exec.replace("0b000000", "09000000").replace("28000000", "28000000"));
    }

    @Test
    void every_kind_of_operation_comes_back() throws UserException {
        var operations = PlanHeaderTest.operations();
        var bytes = ByteBuffer.wrap(PlanEncoder.encode(new Plan(operations, List.of())))
                .order(ByteOrder.LITTLE_ENDIAN);
        bytes.position(12);
        assertThat(bytes.getInt()).isEqualTo(operations.size());
        assertThat(bytes.getInt()).isEqualTo(bytes.remaining());
        for (Op op : operations) {
            assertThat(Short.toUnsignedInt(bytes.getShort()))
                    .isEqualTo(op.code().number());
            assertThat(Short.toUnsignedInt(bytes.getShort()))
                    .isEqualTo(op.arguments().size());
            byte[] strings = new byte[bytes.getInt()];
            bytes.get(strings);
            assertThat(strings(strings)).isEqualTo(op.arguments());
        }
        assertThat(bytes.hasRemaining()).isFalse();
    }

    @Test
    void a_plan_of_one_mebibyte_is_written_and_of_one_byte_more_is_refused() throws UserException {
        int overhead = PlanEncoder.HEADER_SIZE + OP_HEADER_SIZE + "0".length() + 1 + 1;
        String largest = "x".repeat(PlanEncoder.BYTES_MAX - overhead);
        assertThat(PlanEncoder.encode(new Plan(List.of(new Op.Exec(0, List.of(largest))), List.of())))
                .hasSize(PlanEncoder.BYTES_MAX);
        refused(List.of(new Op.Exec(0, List.of(largest + "x"))), "the launch needs a plan of more than 1 MiB");
    }

    @Test
    void a_plan_of_too_many_operations_is_refused() throws UserException {
        var operations = new ArrayList<Op>(Collections.nCopies(PlanEncoder.OPS_MAX, new Op.Plain(OpCode.ENTER)));
        assertThat(PlanEncoder.encode(new Plan(operations, List.of()))).isNotEmpty();
        operations.add(new Op.Plain(OpCode.ENTER));
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> PlanEncoder.encode(new Plan(operations, List.of())));
    }

    @Test
    void an_operation_of_more_arguments_than_16_bits_count_is_refused() {
        var operations = List.<Op>of(new Op.Exec(0, Collections.nCopies(65_536, "")));
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> PlanEncoder.encode(new Plan(operations, List.of())));
    }

    @Test
    void a_nul_character_is_refused() {
        refused(List.of(new Op.Bind("/a\0b", "/mnt", "")), "a NUL character cannot be part of a launch: /a?b");
    }

    private static void refused(List<Op> operations, String message) {
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> PlanEncoder.encode(new Plan(operations, List.of())))
                .withMessage(message);
    }

    private static List<String> strings(byte[] bytes) {
        var strings = new ArrayList<String>();
        int start = 0;
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == 0) {
                strings.add(new String(bytes, start, i - start, StandardCharsets.UTF_8));
                start = i + 1;
            }
        }
        assertThat(start).isEqualTo(bytes.length);
        return strings;
    }
}
