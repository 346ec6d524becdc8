package dev.kerr.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.kerr.container.Isolation.Namespace;
import dev.kerr.container.Isolation.Processes;
import dev.kerr.log.UserException;
import dev.kerr.network.Connection;
import dev.kerr.network.Network;
import dev.kerr.network.NetworkHelper;
import dev.kerr.network.NetworkHelper.Manner;
import dev.kerr.network.NetworkHelper.Request;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Where in a plan a network is made, and what a payload then sees of it.
class NetworkPlanTest {
    private final Situation situation = new Situation();

    private void network(Connection connection, String... nameServers) {
        boolean own = !(connection instanceof Connection.Host || connection instanceof Connection.Joined);
        situation.isolation = Isolation.of(own ? List.of(Namespace.NET) : List.of(), Processes.HOST)
                .on(new Network(connection, List.of(nameServers)));
    }

    private static Connection helped(Manner manner) {
        var requests = manner == Manner.SERVE ? List.of(new Request("8080:80/tcp", "{}")) : List.<Request>of();
        Optional<String> server = manner == Manner.SERVE ? Optional.of("10.0.2.3") : Optional.empty();
        return new Connection.Helped(
                new NetworkHelper(manner, List.of(), requests, List.of("/usr/bin/helper", "@net@"), server));
    }

    private String text() throws Exception {
        return situation.text().replaceAll(" +", " ");
    }

    @Test
    void the_host_s_network_needs_no_operation() throws Exception {
        assertThat(text()).doesNotContain("loopback", "network").contains("bind /sys /sys nodev,noexec\n");
    }

    @Test
    void one_of_its_own_is_entered_before_the_session_and_has_its_own_sysfs() throws Exception {
        network(Connection.NONE);
        assertThat(text())
                .containsSubsequence(
                        "user-namespace", "mount-namespace\n", "namespaces net\n", "loopback\n", "session ")
                .contains("new-mount /sys sysfs ro,nodev,noexec\n")
                .doesNotContain("bind /sys /sys", "network-helper");
    }

    @Test
    void cgroups_are_the_host_s_still() throws Exception {
        situation.files.directories("/sys/fs/cgroup");
        network(Connection.NONE);
        assertThat(text()).containsSubsequence("new-mount /sys", "bind /sys/fs/cgroup /sys/fs/cgroup nodev,noexec\n");
    }

    @Test
    void a_helper_that_serves_is_in_the_user_namespace() throws Exception {
        network(helped(Manner.SERVE));
        assertThat(text())
                .containsSubsequence(
                        "share",
                        "user-namespace",
                        "image-server",
                        "network-helper serve 1 8080:80/tcp {} /usr/bin/helper @net@\n",
                        "mount-namespace\n",
                        "loopback\n");
    }

    @Test
    void a_helper_that_works_on_the_host_is_outside() throws Exception {
        network(helped(Manner.ONCE));
        assertThat(text())
                .containsSubsequence(
                        "network-helper once 0 /usr/bin/helper @net@\n",
                        "user-namespace",
                        "namespaces net\n",
                        "loopback\n");
    }

    @Test
    void a_namespace_that_is_there_is_joined() throws Exception {
        situation.root();
        network(new Connection.Joined("/run/netns/x"));
        assertThat(text())
                .containsSubsequence("mount-namespace\n", "join-network /run/netns/x\n", "session ")
                .contains("new-mount /sys sysfs")
                .doesNotContain("namespaces net", "loopback");
    }

    @Test
    void name_servers_that_are_asked_for_are_written_down() throws Exception {
        network(Connection.HOST, "192.0.2.53", "2001:db8::53");
        assertThat(text())
                .contains("file /files/resolv.conf 644 'nameserver 192.0.2.53\\nnameserver 2001:db8::53\\n'\n")
                .contains("bind-session /files/resolv.conf /etc/resolv.conf nodev\n")
                .doesNotContain("bind /etc/resolv.conf");
    }

    @Test
    void a_helper_s_name_server_stands_for_the_host_s_and_keeps_its_search_list() throws Exception {
        situation.files.file("/etc/resolv.conf", "search example.org\nnameserver 127.0.0.53\noptions edns0\n");
        network(helped(Manner.SERVE));
        assertThat(text()).contains("'nameserver 10.0.2.3\\nsearch example.org\\noptions edns0\\n'");
        network(helped(Manner.SERVE), "192.0.2.53");
        assertThat(text()).contains("'nameserver 192.0.2.53\\n'");
    }

    @Test
    void a_contained_payload_knows_itself_alone() throws Exception {
        network(Connection.NONE);
        assertThat(text()).contains("bind /etc/hosts /etc/hosts");
        situation.contained = true;
        assertThat(text())
                .contains("bind-session /files/hosts /etc/hosts nodev\n", "'127.0.0.1 localhost\\n::1 localhost")
                .doesNotContain("bind /etc/hosts");
    }

    @Test
    void a_bind_and_name_servers_contradict_each_other() throws Exception {
        situation.bind("/data/notes:/etc/resolv.conf");
        network(Connection.NONE);
        assertThat(text()).contains("bind /data/notes /etc/resolv.conf");
        network(Connection.NONE, "192.0.2.53");
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(this::text)
                .withMessage("--dns and a bind on /etc/resolv.conf contradict each other");
    }
}
