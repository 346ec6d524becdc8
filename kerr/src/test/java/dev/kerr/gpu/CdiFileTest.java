package dev.kerr.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.kerr.bytes.FormatException;
import dev.kerr.log.UserException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CdiFileTest {
    private static final String JSON = """
            {"cdiVersion": "0.8.0", "kind": "acme.com/net_1", "annotations": {"a": "b"},
             "containerEdits": {"env": ["A=1=2", "B="]},
             "devices": [{"name": "0", "containerEdits": {"deviceNodes": [{"path": "/dev/a", "major": 1, "type": "c"}],
               "mounts": [{"hostPath": "/a", "containerPath": "/b", "type": "bind", "options": ["ro"]}],
               "hooks": [{"hookName": "createContainer", "path": "/h", "args": ["h"], "env": ["X=1"], "timeout": 3}],
               "additionalGids": [5]}}]}
            """;

    private static final String YAML = """
            # The same.
            cdiVersion: 0.8.0
            kind: "acme.com/net_1"
            annotations: {a: b}
            containerEdits:
              env: [A=1=2, 'B=']
            devices:
              - name: 0
                containerEdits:
                  deviceNodes:
                    - path: /dev/a
                      major: 1
                      type: c
                      hostPath:
                  mounts:
                    - {hostPath: /a, containerPath: /b, type: bind, options: [ro]}
                  hooks:
                    - {hookName: createContainer, path: /h, args: [h], env: [X=1], timeout: 3}
                  additionalGids: [5]
            """;

    private static CdiFile decode(String text, String path) throws UserException {
        return CdiFile.decode(text.getBytes(StandardCharsets.UTF_8), path);
    }

    @Test
    void json_and_yaml_say_the_same() throws UserException {
        CdiFile json = decode(JSON, "x.json");
        CdiFile yaml = decode(YAML, "x.yaml");
        assertThat(yaml.devices()).isEqualTo(json.devices());
        assertThat(yaml.edits()).isEqualTo(json.edits());
        assertThat(yaml.kind()).isEqualTo("acme.com/net_1").isEqualTo(json.kind());
        assertThat(json.edits().environment()).containsEntry("A", "1=2").containsEntry("B", "");
        CdiEdits device = Objects.requireNonNull(json.devices().get("0"));
        assertThat(device.nodes()).containsExactly(new CdiEdits.Node("/dev/a", "/dev/a", ""));
        assertThat(device.groups()).containsExactly("5");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"0.8.0\"|\"0.9.9\"|cdiVersion is 0.9.9, which is not known: 0.3.0, 0.4.0, 0.5.0, 0.6.0, "
                        + "0.7.0, 0.8.0, "
                        + "1.0.0, 1.1.0",
                "\"cdiVersion\": \"0.8.0\",||cdiVersion is missing",
                "acme.com/net_1|acme.com|kind is 'acme.com', which is not vendor/class",
                "acme.com/net_1|../net|kind is '../net', which is not vendor/class",
                "acme.com/net_1|acme.com/net/x|kind is 'acme.com/net/x', which is not vendor/class",
                "acme.com/net_1|acme.com/1net|kind is 'acme.com/1net', which is not vendor/class",
                "\"annotations\"|\"unheard\"|unheard is not known",
                "\"name\": \"0\"|\"name\": \"a=b\"|devices[0].name is 'a=b', which is not a device's name",
                "\"name\": \"0\"|\"name\": \"-a\"|devices[0].name is '-a', which is not a device's name",
                "\"name\": \"0\"|\"name\": [1]|devices[0].name is not a text",
                "\"name\": \"0\",||devices[0].name is missing",
                "\"A=1=2\"|\"=2\"|containerEdits.env has '=2', which is not NAME=VALUE",
                "\"A=1=2\"|{}|containerEdits.env is not a list of texts",
                "[\"A=1=2\", \"B=\"]|\"A=1\"|containerEdits.env is not a list",
                "\"/dev/a\"|\"dev/a\"|devices[0].containerEdits.deviceNodes[0].path is 'dev/a', which is not an "
                        + "absolute "
                        + "path without '..'",
                "\"/dev/a\"|\"/dev/../a\"|devices[0].containerEdits.deviceNodes[0].path is '/dev/../a', which "
                        + "is not an "
                        + "absolute path without '..'",
                "\"type\": \"c\"|\"type\": \"x\"|devices[0].containerEdits.deviceNodes[0].type is 'x', which is "
                        + "none of b, c, "
                        + "u and p",
                "\"type\": \"c\"|\"permissions\": \"rx\"|devices[0].containerEdits.deviceNodes[0].permissions "
                        + "is 'rx', which "
                        + "is not made of r, w and m",
                "\"type\": \"bind\"|\"type\": \"tmpfs\"|devices[0].containerEdits.mounts[0].type is 'tmpfs': "
                        + "only bind mounts "
                        + "are supported",
                "\"/b\"|\"/b/..\"|devices[0].containerEdits.mounts[0].containerPath is '/b/..', which is not an "
                        + "absolute path "
                        + "without '..'",
                "\"additionalGids\": [5]|\"intelRdt\": {}|devices[0].containerEdits.intelRdt is not supported: "
                        + "a container has "
                        + "neither its own caches nor this network",
                "\"additionalGids\"|\"hugepages\"|devices[0].containerEdits.hugepages is not known",
                "\"additionalGids\": [5]}|\"additionalGids\": [5]}}, 7, {\"x\": {}|devices[1] is not an object",
                "\"path\": \"/h\",||devices[0].containerEdits.hooks[0].path is missing",
            })
    void what_is_wrong_is_said_with_its_place(String present, String other, String message) {
        String text = JSON.replace(present, other == null ? "" : other);
        assertThat(text).isNotEqualTo(JSON);
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> decode(text, "x.json"))
                .withMessage("x.json: " + message);
    }

    @Test
    void a_device_that_is_there_twice_and_a_file_without_devices_are_refused() {
        String head = "{\"cdiVersion\": \"0.8.0\", \"kind\": \"a/b\", \"devices\": [";
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> decode(head + "{\"name\": \"x\"}, {\"name\": \"x\"}]}", "x.json"))
                .withMessage("x.json: devices[1].name is 'x', which is there twice");
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> decode(head + "]}", "x.json"))
                .withMessage("x.json: devices has none");
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> decode("[]", "x.json"))
                .withMessage("x.json: the file is not an object");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "# nothing",
                "a: [",
                "a: 1\na: 2",
                "a: 1\n---\nb: 2",
                "a: &x 1\nb: *x",
                "? [a]\n: b",
                "\t",
                "a: 'x",
                "a: \"\\q\"",
                "*x",
                "!!int {",
                "a: b: c",
                "%YAML 9.9\n---\na: 1",
                "- \u0001"
            })
    void bad_yaml_is_refused(String text) {
        assertThatExceptionOfType(FormatException.class)
                .isThrownBy(() -> CdiYaml.read(text.getBytes(StandardCharsets.UTF_8)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "{",
                "{\"a\": 1, \"a\": 2}",
                "{} {}",
                "[1,]",
                "{\"a\"}",
                "\"x",
                "nul",
                "{a: 1}",
                "[1e]",
                "]",
                "{\"a\": 1",
                "[1",
                "{\"a\":"
            })
    void bad_json_is_refused(String text) {
        assertThatExceptionOfType(FormatException.class)
                .isThrownBy(() -> CdiJson.read(text.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void deep_values_are_refused() {
        assertThatExceptionOfType(FormatException.class)
                .isThrownBy(() -> CdiJson.read("[".repeat(100_000).getBytes(StandardCharsets.UTF_8)))
                .withMessageContaining("too deep");
        assertThatExceptionOfType(FormatException.class)
                .isThrownBy(() -> CdiYaml.read("[".repeat(100_000).getBytes(StandardCharsets.UTF_8)))
                .withMessageContaining("too deep");
    }

    @Test
    void a_file_that_is_cut_short_anywhere_is_refused_or_says_less() {
        byte[] json = JSON.strip().getBytes(StandardCharsets.UTF_8);
        for (int length = 0; length < json.length; length++) {
            byte[] cut = Arrays.copyOf(json, length);
            assertThatExceptionOfType(UserException.class)
                    .as("%d bytes", length)
                    .isThrownBy(() -> CdiFile.decode(cut, "x.json"));
        }
        byte[] yaml = YAML.getBytes(StandardCharsets.UTF_8);
        for (int length = 0; length < yaml.length; length++) {
            try {
                CdiFile.decode(Arrays.copyOf(yaml, length), "x.yaml");
            } catch (UserException refused) {
                assertThat(refused.getMessage()).startsWith("x.yaml: ");
            }
        }
    }
}
