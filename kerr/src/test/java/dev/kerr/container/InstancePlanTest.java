package dev.kerr.container;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kerr.container.Background.First;
import dev.kerr.container.ContainerSpec.Action;
import dev.kerr.container.ContainerSpec.EnvironmentRules;
import dev.kerr.container.ContainerSpec.HostView;
import dev.kerr.container.ContainerSpec.Identity;
import dev.kerr.container.ContainerSpec.Payload;
import dev.kerr.container.ContainerSpec.Writable;
import dev.kerr.container.Isolation.Processes;
import dev.kerr.image.FileTree;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Instances: their start, and the entry into them.
class InstancePlanTest {
    private final Situation situation = new Situation();
    private final List<Background.Inside> recorded = new ArrayList<>();

    private void starts(First first) {
        situation.payload = new Payload(Action.START, 4, List.of());
        var files = new Background.Files("/home/ada/.kerr/r", "/home/ada/.kerr/o", "/home/ada/.kerr/e", "");
        var background = new Background("db", List.of("/home/ada/.kerr"), files, "started", first, inside -> {
            recorded.add(inside);
            return new Background.Text("{", "}");
        });
        situation.isolation =
                Isolation.of(List.of(), Processes.OWN_WITHOUT_INIT).in(Optional.of(background));
    }

    private List<OpCode> codes() throws Exception {
        return situation.plan().ops().stream().map(Op::code).toList();
    }

    private void isGolden(String name) throws Exception {
        Golden.check("container/golden/" + name + ".txt", situation.text());
    }

    @Test
    void an_instance_of_an_ordinary_user() throws Exception {
        starts(First.INIT);
        isGolden("an_instance_of_an_ordinary_user");
    }

    @Test
    void an_instance_of_root() throws Exception {
        situation.root();
        starts(First.INIT);
        isGolden("an_instance_of_root");
    }

    @Test
    void it_goes_into_the_background_before_anything_is_made_but_its_directories() throws Exception {
        starts(First.INIT);
        assertThat(codes().subList(0, 3)).containsExactly(OpCode.HOST_DIRECTORY, OpCode.DETACH, OpCode.IMAGE);
    }

    @Test
    void its_first_process_stays_in_the_payloads_user_namespace_with_rights_over_it() throws Exception {
        starts(First.INIT);
        var codes = codes();
        int at = codes.indexOf(OpCode.RECORD);
        assertThat(codes.get(at - 1)).isEqualTo(OpCode.USER_NAMESPACE);
        assertThat(codes.subList(at + 1, codes.size())).containsExactly(OpCode.PRIVILEGES, OpCode.SECCOMP, OpCode.EXEC);
        assertThat(recorded.getLast().entry()).extracting(Op::code).containsExactly(OpCode.PRIVILEGES, OpCode.SECCOMP);
    }

    @Test
    void where_there_is_no_such_namespace_it_stays_as_soon_as_the_root_is_entered() throws Exception {
        situation.subIds();
        situation.identity = Identity.FAKEROOT;
        starts(First.INIT);
        var codes = codes();
        assertThat(codes.get(codes.indexOf(OpCode.RECORD) - 1)).isEqualTo(OpCode.ENTER);
    }

    @Test
    void what_gives_and_takes_rights_is_recorded_and_nothing_else() throws Exception {
        situation.root();
        situation.image.file("/etc/passwd", "eve:x:1234:1234::/:/bin/sh\n");
        situation.identity = new Identity.OfImage("eve");
        starts(First.INIT);
        situation.plan();
        var inside = recorded.getLast();
        assertThat(inside.entry())
                .extracting(Op::code)
                .containsExactly(OpCode.BECOME, OpCode.PRIVILEGES, OpCode.SECCOMP);
        assertThat(inside.image()).isEqualTo("/images/debian.sif");
    }

    @Test
    void without_an_init_the_program_is_the_first_process() throws Exception {
        starts(First.PROGRAM);
        assertThat(situation.plan().ops()).contains(new IsolationOp.RecordInstance("{", "}", ""));
    }

    @Test
    void with_boot_it_is_the_images_init() throws Exception {
        situation.root();
        starts(First.BOOT);
        var plan = situation.plan();
        assertThat(plan.ops().getLast()).isEqualTo(new Op.Exec(0, List.of("/sbin/init")));
        assertThat(plan.ops()).contains(new IsolationOp.RecordInstance("{", "}", ""));
    }

    @Test
    void its_payload_knows_its_name() throws Exception {
        starts(First.INIT);
        assertThat(situation.plan().ops()).contains(Op.Environment.set("APPTAINER_INSTANCE", "db"));
    }

    // ---- the entry

    private Plan join(FileTree tree, Payload payload) throws Exception {
        var process = new Joined.FirstProcess(77, 12345, "boot-id", Map.of("mnt", 3L, "pid", 4L, "user", 5L));
        List<Op> entry = List.of(new Op.Recorded(OpCode.PRIVILEGES, List.of("drop")));
        var instance = new Joined("db", "/images/debian.sif", "/home/ada", "/mnt", process, List.of(), entry);
        var spec = new ContainerSpec(
                payload,
                Identity.CALLER,
                Writable.NO,
                HostView.without(List.of()),
                new EnvironmentRules(false, Map.of("A", "b")));
        return JoinPlanner.plan(spec, instance, tree, "/home/ada/project");
    }

    @Test
    void an_entry_into_an_instance() throws Exception {
        var plan = join(Situation.debian(), new Payload(Action.EXEC, 3, List.of()));
        Golden.check("container/golden/an_entry_into_an_instance.txt", situation.text(plan));
    }

    @Test
    void an_entry_into_an_instance_without_a_shell() throws Exception {
        var tree = new dev.kerr.image.MapTree().directories("/bin", "/etc").file("/bin/prog", "");
        var plan = join(tree, new Payload(Action.EXEC, 3, List.of("/bin/prog")));
        Golden.check("container/golden/an_entry_into_an_instance_without_a_shell.txt", situation.text(plan));
    }
}
