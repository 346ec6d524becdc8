package dev.kerr.starter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kerr.container.Op;
import dev.kerr.container.Plan;
import dev.kerr.log.UserException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Has scripts in the place of the C program.
@Timeout(60)
class WorkerTest {
    private static final Plan PLAN = new Plan(List.of(new Op.Exec(0, List.of("/bin/true"))), List.of());
    private static final List<String> FIRST = List.of("pack", "ü=");
    private static final int FIRST_BYTES = 4 + 4 + 4 + 4 + 3;

    @TempDir
    Path directory;

    @Test
    void requests_are_served_in_their_order_until_there_are_no_more() throws Exception {
        Path requests = directory.resolve("requests");
        Worker worker = hire("exec 3<&0; cat <&3 >" + requests + " & head -c 8 /dev/zero; exec >&-; wait");
        assertThat(worker.perform(FIRST)).isZero();
        assertThat(worker.perform(List.of(""))).isZero();
        worker.dismiss();
        assertThat(worker.await()).isZero();
        var seen = new ArrayList<List<String>>();
        var replies = new ByteArrayOutputStream();
        Worker.serve(Files.newInputStream(requests), replies, words -> {
            seen.add(words);
            return seen.size();
        });
        assertThat(seen).containsExactly(FIRST, List.of(""));
        var read = new DataInputStream(new ByteArrayInputStream(replies.toByteArray()));
        assertThat(List.of(read.readInt(), read.readInt())).containsExactly(1, 2);
        assertThat(read.read()).isEqualTo(-1);
    }

    @Test
    void it_gets_the_plan_in_a_file_and_its_standard_output_is_the_reply() throws Exception {
        Worker worker = hire("[ \"$1\" = --worker ] && cp \"$2\" " + directory + "/plan; head -c " + FIRST_BYTES
                + " >/dev/null; printf '\\000\\000\\001\\002'");
        assertThat(worker.perform(FIRST)).isEqualTo(258);
        assertThat(Files.readAllBytes(directory.resolve("plan"))).isEqualTo(PlanEncoder.encode(PLAN));
        assertThat(worker.await()).isZero();
        assertThat(worker.isAlive()).isFalse();
    }

    @Test
    void one_that_ends_amid_its_work_has_its_own_status() throws Exception {
        assertThat(hire("head -c 1 >/dev/null; exit 7").perform(FIRST)).isEqualTo(7);
        assertThat(hire("exit 8").perform(FIRST)).isEqualTo(8);
        assertThat(hire("printf '\\000\\000'; kill -9 $$").perform(FIRST)).isEqualTo(137);
    }

    @Test
    void it_can_be_stopped() throws Exception {
        Worker worker = hire("exec sleep 50");
        assertThat(worker.isAlive()).isTrue();
        worker.stop();
        assertThat(worker.await()).isEqualTo(137);
        worker.dismiss();
    }

    private Worker hire(String script) throws IOException, UserException {
        Path file = Files.createTempFile(directory, "program", "");
        Files.writeString(file, "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
        return new Starter(file).hire(PLAN, directory);
    }
}
