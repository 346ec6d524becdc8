package dev.kerr.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.kerr.json.JsonReader;
import dev.kerr.log.UserException;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What the options mean, for root and for an ordinary user.
class NetworksTest {
    private static final String BRIDGE = """
            {"cniVersion": "0.4.0", "name": "bridge", "plugins": [
              {"type": "bridge", "capabilities": {"ipRanges": true}, "ipam": {"type": "host-local"}},
              {"type": "portmap", "capabilities": {"portMappings": true}}]}
            """;

    @TempDir
    Path directory = Path.of("");

    private boolean root;

    @BeforeEach
    void a_host_has_programs_plugins_and_a_network() throws IOException {
        for (String name : List.of("programs", "plugins", "network")) {
            Files.createDirectory(directory.resolve(name));
        }
        Files.writeString(directory.resolve("tun"), "");
        program("programs/pasta");
        program("programs/slirp4netns");
        for (String plugin : List.of("bridge", "host-local", "portmap")) {
            program("plugins/" + plugin);
        }
        configuration("00_bridge", BRIDGE);
    }

    private void program(String name) throws IOException {
        Files.writeString(directory.resolve(name), "#!/bin/sh\n");
        Files.setPosixFilePermissions(directory.resolve(name), PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private void configuration(String name, String text) throws IOException {
        Files.writeString(directory.resolve("network/" + name + ".conflist"), text);
    }

    private NetworkHost host() {
        return new NetworkHost(
                root,
                List.of(directory.resolve("programs").toString()),
                directory.resolve("network"),
                List.of(directory.resolve("nowhere"), directory.resolve("plugins")),
                "/opt/kerr/bin/kerr",
                1024,
                directory.resolve("tun"));
    }

    /// Finds what these options ask for.
    private Network find(String... options) throws UserException, IOException {
        boolean own = false;
        var names = new ArrayList<String>();
        var arguments = new ArrayList<String>();
        var servers = new ArrayList<String>();
        Optional<String> path = Optional.empty();
        for (String option : options) {
            String value = option.substring(option.indexOf(' ') + 1);
            switch (option.split(" ")[0]) {
                case "--net" -> own = true;
                case "--network" -> names.addAll(List.of(value.split(",")));
                case "--network-args" -> arguments.add(value);
                case "--dns" -> servers.add(value);
                case "--netns-path" -> path = Optional.of(value);
                default -> throw new IllegalArgumentException(option);
            }
        }
        return Networks.find(new NetworkRequest(own, names, arguments, path, servers), host());
    }

    private NetworkHelper helper(String... options) throws UserException, IOException {
        return ((Connection.Helped) find(options).connection()).helper();
    }

    private void refused(String message, String... options) {
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> find(options))
                .satisfies(e -> assertThat(e.line()).contains(message));
    }

    @Test
    void without_options_it_is_the_host_s() throws Exception {
        assertThat(find()).isEqualTo(Network.HOST);
        assertThat(find("--dns 192.0.2.53").isOwn()).isFalse();
        assertThat(find("--dns 192.0.2.53").nameServers()).containsExactly("192.0.2.53");
    }

    @Test
    void an_ordinary_user_s_own_has_a_loopback_interface_and_no_more() throws Exception {
        assertThat(find("--net").connection()).isEqualTo(Connection.NONE);
        assertThat(find("--network none").connection()).isEqualTo(Connection.NONE);
        assertThat(find("--net", "--network none").isOwn()).isTrue();
    }

    @Test
    void pasta_maps_the_ports_that_are_asked_for_and_no_others() throws Exception {
        assertThat(helper("--network pasta").command())
                .startsWith(directory + "/programs/pasta")
                .containsSequence("--netns", "@net@")
                .containsSequence("--tcp-ports", "none", "--udp-ports", "none")
                .containsSequence("--tcp-ns", "none", "--udp-ns", "none")
                .contains("--no-map-gw");
        assertThat(helper("--network pasta", "--network-args portmap=8080:80/tcp", "--network-args portmap=5353/udp")
                        .command())
                .containsSequence("--tcp-ports", "8080:80", "--udp-ports", "5353:5353");
    }

    @Test
    void slirp4netns_is_asked_for_each_port() throws Exception {
        var helper = helper("--network slirp4netns", "--network-args portmap=8080:80/tcp;portmap=53000:53/udp");
        assertThat(helper.manner()).isEqualTo(NetworkHelper.Manner.SERVE);
        assertThat(helper.requests())
                .extracting(NetworkHelper.Request::purpose)
                .containsExactly("8080:80/tcp", "53000:53/udp");
        for (var request : helper.requests()) {
            var json = JsonReader.readObject(request.text().getBytes(StandardCharsets.UTF_8));
            assertThat(json.text("execute")).isEqualTo("add_hostfwd");
            assertThat(json.object("arguments").has("host_port")).isTrue();
        }
        assertThat(helper.command()).contains("--disable-host-loopback");
    }

    @Test
    void ports_without_a_name_are_the_installed_program_s() throws Exception {
        assertThat(helper("--network-args portmap=8080:80/tcp").command()).contains("8080:80");
        assertThat(helper("--network fakeroot", "--network-args portmap=8080:80/tcp")
                        .command())
                .contains("8080:80");
        Files.delete(directory.resolve("programs/pasta"));
        assertThat(helper("--net", "--network-args portmap=8080:80/tcp").requests())
                .hasSize(1);
        Files.delete(directory.resolve("programs/slirp4netns"));
        refused("no pasta or slirp4netns on this host", "--network-args portmap=8080:80/tcp");
        refused("no pasta on this host for --network pasta (hint: install the package passt", "--network pasta");
    }

    @Test
    void a_low_port_is_not_for_ordinary_users() throws Exception {
        refused(
                "port 80 of the host is not for ordinary users, who have those from 1024 on (hint: map a higher one,"
                        + " or root: sysctl -w net.ipv4.ip_unprivileged_port_start=80)",
                "--network pasta",
                "--network-args portmap=80:80/tcp");
        root = true;
        assertThat(helper("--network pasta", "--network-args portmap=80/tcp").command())
                .contains("80:80");
    }

    @Test
    void a_port_that_is_in_use_is_named() throws Exception {
        try (var taken = new ServerSocket(0)) {
            var port = new PortMapping(taken.getLocalPort(), 80, PortMapping.Protocol.TCP);
            assertThatExceptionOfType(UserException.class)
                    .isThrownBy(() -> HostPorts.check(List.of(port)))
                    .withMessageStartingWith(
                            "port " + taken.getLocalPort() + "/tcp of the host cannot be mapped: address");
        }
    }

    @Test
    void a_device_that_cannot_be_opened_is_named() throws Exception {
        Files.delete(directory.resolve("tun"));
        refused("cannot open " + directory + "/tun, which pasta needs (hint: ", "--network pasta");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --network bridge                               | network bridge is for root: it would be made on the host
            --network fakeroot,bridge                      | network fakeroot is for root
            --network none,pasta                           | --network none goes with no other network
            --network pasta,slirp4netns                    | --network pasta goes with no other network
            --netns-path /run/netns/x                      | --netns-path is for root
            """)
    void what_an_ordinary_user_cannot_have_is_refused(String option, String message) {
        refused(message, option);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            portmap=8080             | portmap=8080 maps no port
            portmap=8080:80          | portmap=8080:80 maps no port
            portmap=8080:80/sctp     | maps no port
            portmap=0:80/tcp         | maps no port
            portmap=65536:80/tcp     | maps no port
            portmap=-1:80/tcp        | maps no port
            portmap=a:80/tcp         | maps no port
            portmap=1:2:3/tcp        | maps no port
            portmap=8080:/tcp        | maps no port
            portmap                  | --network-args portmap is no argument
            =80                      | --network-args =80 is no argument
            IP=192.0.2.1             | --network pasta takes no argument IP=192.0.2.1
            ipRange=192.0.2.0/24     | --network pasta takes no argument ipRange=192.0.2.0/24
            ipRange=192.0.2.0        | ipRange=192.0.2.0 is no range
            bridge:portmap=1:1/tcp   | is for the network bridge, which --network does not name
            """)
    void arguments_that_mean_nothing_are_refused(String argument, String message) {
        refused(message, "--network pasta", "--network-args " + argument);
    }

    @ParameterizedTest
    @CsvSource({"xyz", "1.2.3", "1.2.3.4.5", "256.1.1.1", "1..2.3", "''", "::g", "fe80::1%eth0", "[::1]", "1.2.3.4x"})
    void a_name_server_is_an_address(String text) {
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> Networks.find(
                        new NetworkRequest(false, List.of(), List.of(), Optional.empty(), List.of(text)), host()))
                .withMessage("--dns " + text + " is no address");
    }

    @Test
    void a_name_server_has_either_kind_of_address() throws Exception {
        assertThat(find("--dns 192.0.2.53", "--dns 2001:db8::53").nameServers())
                .containsExactly("192.0.2.53", "2001:db8::53");
    }

    @Test
    void root_joins_a_namespace_that_is_there() throws Exception {
        root = true;
        assertThat(find("--netns-path /run/netns/x").connection()).isEqualTo(new Connection.Joined("/run/netns/x"));
        refused("contradict each other", "--netns-path /run/netns/x", "--net");
        refused("is no absolute path", "--netns-path x");
    }

    @Test
    void root_s_network_is_made_by_plugins() throws Exception {
        rootOwnsPlugins();
        root = true;
        var helper =
                helper("--net", "--network-args portmap=8080:80/tcp", "--network-args ipRange=10.1.0.0/16;IP=10.1.0.9");
        assertThat(helper.manner()).isEqualTo(NetworkHelper.Manner.ONCE);
        assertThat(helper.command())
                .startsWith("/opt/kerr/bin/kerr", "--network", "@act@", "@net@", directory + "/plugins");
        String document = helper.command().getLast();
        assertThat(document)
                .contains("\"name\":\"bridge\",\"cniVersion\":\"0.4.0\",\"interface\":\"eth0\"")
                .contains("\"arguments\":\"IgnoreUnknown=1;IP=10.1.0.9\"")
                .contains("\"runtimeConfig\":{\"ipRanges\":[[{\"subnet\":\"10.1.0.0/16\"}]]}")
                .contains("\"runtimeConfig\":{\"portMappings\":[{\"hostPort\":8080,\"containerPort\":80,");
    }

    @Test
    void several_networks_have_an_interface_each_and_their_own_arguments() throws Exception {
        rootOwnsPlugins();
        root = true;
        configuration("10_other", BRIDGE.replace("\"bridge\", \"plugins\"", "\"other\", \"plugins\""));
        String document = helper(
                        "--network bridge,other", "--network-args other:portmap=1:2/tcp", "--network-args IP=10.0.0.1")
                .command()
                .getLast();
        assertThat(document)
                .containsSubsequence(
                        "\"name\":\"bridge\"",
                        "\"eth0\"",
                        "IP=10.0.0.1",
                        "\"name\":\"other\"",
                        "\"eth1\"",
                        "portMappings")
                .containsOnlyOnce("\"hostPort\":1");
    }

    /// The tests that need plugins of root's run as root alone, as those of the whole program do.
    private void rootOwnsPlugins() throws IOException {
        Assumptions.assumeTrue(
                Integer.valueOf(0).equals(Files.getAttribute(directory.resolve("plugins"), "unix:uid")),
                "only root has plugins that belong to root");
    }

    @Test
    void a_plugin_that_others_can_change_is_not_run() throws Exception {
        root = true;
        Files.setPosixFilePermissions(
                directory.resolve("plugins/portmap"), PosixFilePermissions.fromString("rwxrwxr-x"));
        refused("is not run: others than root may write to", "--network bridge");
        Files.delete(directory.resolve("plugins/bridge"));
        refused("needs the plugin " + directory + "/plugins/bridge, which is not there", "--network bridge");
    }

    @Test
    void what_is_not_configured_is_refused_with_what_is() throws Exception {
        root = true;
        refused(
                "no network nosuch is configured in " + directory + "/network (hint: there are bridge)",
                "--network nosuch");
        Files.delete(directory.resolve("network/00_bridge.conflist"));
        Files.delete(directory.resolve("network"));
        refused("cannot read the networks' configurations", "--net");
    }

    @Test
    void a_network_that_cannot_map_ports_says_so() throws Exception {
        rootOwnsPlugins();
        root = true;
        configuration("00_bridge", "{\"name\": \"bridge\", \"plugins\": [{\"type\": \"bridge\"}]}");
        refused(
                "network bridge cannot map ports (hint: none of the plugins",
                "--net",
                "--network-args portmap=1:1/tcp");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {                                                              | malformed JSON
            []                                                             | the JSON is no object
            {"plugins": [{"type": "bridge"}]}                              | "name" is missing
            {"name": "a/b", "plugins": [{"type": "bridge"}]}               | the name of a network is
            {"name": "bridge", "plugins": []}                              | a network has 1 to 32 plugins
            {"name": "bridge"}                                             | a network has 1 to 32 plugins
            {"name": "bridge", "plugins": [{}]}                            | "type" is missing
            {"name": "bridge", "plugins": [{"type": "../../bin/sh"}]}      | the type of a plugin is
            {"name": "bridge", "plugins": [{"type": "/bin/sh"}]}           | the type of a plugin is
            {"name": "bridge", "plugins": [{"type": ".."}]}                | the type of a plugin is
            {"name": "bridge", "plugins": [{"type": ""}]}                  | the type of a plugin is
            {"name": "b", "plugins": [{"type": "b", "ipam": {"type": "../x"}}]} | the type of a plugin is
            {"name": "b", "name": "c", "plugins": [{"type": "b"}]}         | appears twice
            """)
    void a_configuration_that_is_wrong_is_refused_by_its_file(String text, String message) throws Exception {
        root = true;
        configuration("00_bridge", text);
        refused("cannot use the network configuration " + directory + "/network/00_bridge.conflist: ", "--net");
        refused(message, "--net");
    }
}
