package dev.kerr.starter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kerr.container.Op;
import dev.kerr.container.Plan;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Runs a script in the place of the C program.
@Timeout(60)
class StarterTest {
    private static final Plan PLAN = new Plan(List.of(new Op.Exec(0, List.of("/bin/true"))), List.of());

    @TempDir
    Path directory = Path.of("");

    @Test
    void the_program_gets_the_plan_in_a_file_of_the_owner_that_is_gone_afterwards() throws Exception {
        Path plans = Files.createDirectory(directory.resolve("plans"));
        var starter = new Starter(program("[ \"$1\" = --step ] && cp \"$2\" " + directory
                + "/seen && stat -c %a \"$2\" >" + directory + "/mode; exit 7"));
        assertThat(starter.perform(PLAN, plans)).isEqualTo(7);
        assertThat(Files.readAllBytes(directory.resolve("seen"))).isEqualTo(PlanEncoder.encode(PLAN));
        assertThat(directory.resolve("mode")).hasContent("600");
        assertThat(plans).isEmptyDirectory();
    }

    @Test
    void a_signal_is_128_and_its_number() throws Exception {
        assertThat(new Starter(program("kill -9 $$")).perform(PLAN, directory)).isEqualTo(137);
    }

    @Test
    void a_step_can_be_stopped() throws Exception {
        var starter = new Starter(program("touch " + directory + "/started; exec sleep 50"));
        starter.stop();
        var status = new AtomicReference<>(-1);
        Thread step = Thread.ofVirtual().start(() -> {
            try {
                status.set(starter.perform(PLAN, directory));
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
        while (!Files.exists(directory.resolve("started"))) {
            Thread.onSpinWait();
        }
        starter.stop();
        step.join();
        assertThat(status.get()).isEqualTo(137);
    }

    private Path program(String script) throws Exception {
        Path file = Files.writeString(directory.resolve("program"), "#!/bin/sh\n" + script + "\n");
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    }
}
