package dev.kerr.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.kerr.log.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CdiTest {
    /// In the manner of `nvidia-ctk cdi generate`.
    private static final String YAML = """
            ---
            cdiVersion: 0.5.0
            kind: nvidia.com/gpu
            containerEdits:
              deviceNodes:
              - path: /dev/nvidiactl
              env:
              - NVIDIA_VISIBLE_DEVICES=void
              hooks:
              - args:
                - nvidia-cdi-hook
                - create-symlinks
                - --link
                - ../libnvidia-allocator.so.1::/usr/lib/gbm/nvidia-drm_gbm.so
                - --link=libcuda.so.1::/usr/lib/libcuda.so
                hookName: createContainer
                path: /usr/bin/nvidia-cdi-hook
              - args: [nvidia-ctk, hook, update-ldcache, --folder, /usr/lib, --folder=/usr/lib/vdpau]
                hookName: createContainer
                path: /usr/bin/nvidia-ctk
              mounts:
              - containerPath: /usr/lib/libcuda.so.545
                hostPath: /usr/lib/libcuda.so.545
                options: [ro, nosuid, nodev, rbind, rprivate]
            devices:
            - name: "0"
              containerEdits:
                deviceNodes:
                - path: /dev/nvidia0
                - {path: /dev/dri/card9, hostPath: /dev/dri/card1, type: c, permissions: rw}
            - name: GPU-aaaa:x
              containerEdits:
                deviceNodes:
                - path: /dev/nvidia1
            """;

    @TempDir
    Path directory;

    private FakeHost host;

    @BeforeEach
    void driver() throws IOException {
        host = new FakeHost(directory)
                .files("/dev/nvidiactl", "/dev/nvidia0", "/dev/nvidia1", "/dev/dri/card1", "/usr/lib/libcuda.so.545");
    }

    private static String json(String devices) {
        return "{\"cdiVersion\": \"0.8.0\", \"kind\": \"acme.com/net\", \"devices\": [" + devices + "]}";
    }

    private static String device(String name, String edits) {
        return "{\"name\": \"" + name + "\", \"containerEdits\": {" + edits + "}}";
    }

    private GpuMounts edited(String edits) throws Exception {
        host.file("/etc/cdi/acme.json", json(device("a", edits)));
        return host.devices("acme.com/net=a");
    }

    @Test
    void a_file_of_the_toolkit_is_done_without_its_hooks() throws Exception {
        GpuMounts mounts = host.file("/etc/cdi/nvidia.yaml", YAML).devices("nvidia.com/gpu=0");
        String cuda = "/usr/lib/libcuda.so.545";
        assertThat(mounts)
                .isEqualTo(new GpuMounts(
                        List.of(new GpuMounts.File(cuda, cuda, true, true)),
                        List.of(),
                        List.of(
                                new GpuMounts.Device("/dev/nvidiactl", "/dev/nvidiactl"),
                                new GpuMounts.Device("/dev/nvidia0", "/dev/nvidia0"),
                                new GpuMounts.Device("/dev/dri/card1", "/dev/dri/card9")),
                        List.of(
                                new GpuMounts.Symlink("/usr/lib/gbm/nvidia-drm_gbm.so", "../libnvidia-allocator.so.1"),
                                new GpuMounts.Symlink("/usr/lib/libcuda.so", "libcuda.so.1")),
                        Map.of("NVIDIA_VISIBLE_DEVICES", "void"),
                        List.of("/usr/lib", "/usr/lib/vdpau"),
                        List.of()));
    }

    @Test
    void all_stands_for_every_device_of_the_class() throws Exception {
        host.file("/etc/cdi/nvidia.yaml", YAML).file("/etc/cdi/acme.json", json(device("x", "\"env\": [\"A=1\"]")));
        GpuMounts mounts = host.devices("nvidia.com/gpu=all");
        assertThat(mounts.devices()).hasSize(4);
        assertThat(mounts.environment()).doesNotContainKey("A");
        assertThat(host.devices("nvidia.com/gpu=GPU-aaaa:x", "acme.com/net=x").environment())
                .containsKey("A");
    }

    @Test
    void a_device_that_is_called_all_is_that_one() throws Exception {
        host.file(
                "/etc/cdi/a.json",
                json(device("all", "\"env\": [\"A=all\"]") + "," + device("b", "\"env\": [\"B=1\"]")));
        assertThat(host.devices("acme.com/net=all").environment()).isEqualTo(Map.of("A", "all"));
    }

    @Test
    void a_later_directory_wins_and_other_directories_replace_ours() throws Exception {
        host.file("/etc/cdi/a.json", json(device("a", "\"env\": [\"A=etc\"]")))
                .file("/var/run/cdi/a.json", json(device("a", "\"env\": [\"A=run\"]")))
                .file("/site/cdi/a.json", json(device("a", "\"env\": [\"A=site\"]")));
        assertThat(host.devices("acme.com/net=a").environment()).containsEntry("A", "run");
        var site = new GpuRequest(
                false, false, false, List.of("acme.com/net=a"), List.of(Path.of("/site/cdi")), false, Map.of(), false);
        assertThat(host.find(site).environment()).containsEntry("A", "site");
    }

    @Test
    void two_descriptions_in_one_directory_are_an_error_for_who_wants_the_device() throws Exception {
        host.file("/etc/cdi/a.json", json(device("a", "") + "," + device("b", "")))
                .file("/etc/cdi/b.json", json(device("a", "")));
        assertThat(host.devices("acme.com/net=b").warnings()).isEmpty();
        refused("CDI device acme.com/net=a is described by both /etc/cdi/a.json and /etc/cdi/b.json", "acme.com/net=a");
    }

    @Test
    void an_unknown_device_is_an_error_that_lists_those_there_are() throws Exception {
        assertThat(refused("there is no CDI device nvidia.com/gpu=0", "nvidia.com/gpu=0")
                        .hint())
                .isEqualTo("no file in /etc/cdi /var/run/cdi describes any");
        host.file("/etc/cdi/nvidia.yaml", YAML).file("/etc/cdi/bad.json", "{");
        assertThat(refused("there is no CDI device nvidia.com/gpu=7", "nvidia.com/gpu=7")
                        .hint())
                .startsWith(
                        "there are nvidia.com/gpu=0, nvidia.com/gpu=GPU-aaaa:x; left out /etc/cdi/bad.json: bad JSON");
        refused("there is no CDI device amd.com/gpu=all", "amd.com/gpu=all");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "gpu=0", "nvidia.com/gpu", "nvidia.com/gpu=", "/gpu=0", "=0", ""})
    void a_name_without_vendor_and_class_is_refused(String name) {
        assertThat(refused("'" + name + "' is not the name of a CDI device", name)
                        .hint())
                .isEqualTo("names are like nvidia.com/gpu=0");
    }

    @Test
    void a_damaged_file_is_a_warning_for_who_does_not_need_it() throws Exception {
        host.file("/etc/cdi/nvidia.yaml", YAML)
                .file("/etc/cdi/bad.yaml", "a: [")
                .files("/etc/cdi/readme.txt");
        assertThat(host.devices("nvidia.com/gpu=0").warnings())
                .hasSize(1)
                .first()
                .asString()
                .startsWith("left out /etc/cdi/bad.yaml: bad YAML in line 1: ");
    }

    @Test
    void mounts_have_kind_and_mode() throws Exception {
        Files.createDirectories(host.at("/opt/dir"));
        GpuMounts mounts = edited("\"mounts\": [{\"hostPath\": \"/opt/dir\", \"containerPath\": \"/d\"},"
                + "{\"hostPath\": \"/opt/dir\", \"containerPath\": \"/e\", \"options\": [\"rw\", "
                + "\"ro\", \"noexec\"]}]");
        assertThat(mounts.files())
                .containsExactly(
                        new GpuMounts.File("/opt/dir", "/d", false, true),
                        new GpuMounts.File("/opt/dir", "/e", true, true));
        assertThat(mounts.warnings()).containsExactly("/etc/cdi/acme.json: noexec of /e is not enforced");
    }

    @Test
    void what_cannot_be_done_without_harm_is_a_warning() throws Exception {
        GpuMounts mounts = edited("\"additionalGids\": [44, 109], \"deviceNodes\": [{\"path\": \"/dev/nvidia0\","
                + "\"permissions\": \"r\", \"uid\": 0, \"major\": 195}], \"hooks\": [{\"hookName\": "
                + "\"createContainer\","
                + "\"path\": \"/x\", \"args\": [\"x\", \"enable-cuda-compat\", \"--host-driver-version=5\"]}]");
        assertThat(mounts.warnings())
                .containsExactly(
                        "/etc/cdi/acme.json: the permissions r of /dev/nvidia0 are not enforced: its mode on "
                                + "the host holds",
                        "/etc/cdi/acme.json: the hook enable-cuda-compat is left out: the host's driver is used "
                                + "as it is",
                        "/etc/cdi/acme.json: the container's device nodes have the owner and mode that they "
                                + "have on the host",
                        "/etc/cdi/acme.json: the groups 44, 109 are not added: a container has the groups of "
                                + "its caller");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"deviceNodes\": [{\"path\": \"/dev/none\"}]|the device node /dev/none is not there",
                "\"mounts\": [{\"hostPath\": \"/no\", \"containerPath\": \"/a\"}]|cannot bind /no: no such file "
                        + "or directory",
                "\"mounts\": [{\"hostPath\": \"/dev\", \"containerPath\": \"/a\", \"options\": [\"mode=7\"]}]"
                        + "|the option 'mode=7' of the mount /a is not supported",
                "\"hooks\": [{\"hookName\": \"poststop\", \"path\": \"/evil\"}]|cannot do what the hook /evil does",
                "\"hooks\": [{\"hookName\": \"x\", \"path\": \"/evil\", \"args\": [\"evil\", \"rm\"]}]"
                        + "|cannot do what the hook /evil rm does",
                "\"hooks\": [{\"hookName\": \"x\", \"path\": \"/h\", \"args\": [\"h\", \"create-symlinks\", \"--link\","
                        + "\"a::../../etc/b\"]}]|a hook names '../../etc/b', which is not an absolute path "
                        + "without '..' and ':'",
                "\"hooks\": [{\"hookName\": \"x\", \"path\": \"/h\", \"args\": [\"h\", \"create-symlinks\", \"--link\","
                        + "\"a\"]}]|--link a of a hook is not TARGET::LINK",
                "\"hooks\": [{\"hookName\": \"x\", \"path\": \"/h\", \"args\": [\"h\", \"update-ldcache\", "
                        + "\"--folder\"]}]"
                        + "|the option '--folder' of a hook has no value",
                "\"hooks\": [{\"hookName\": \"x\", \"path\": \"/h\", \"args\": [\"h\", \"update-ldcache\", \"--x=1\"]}]"
                        + "|a hook has the option '--x=1', which is not known",
            })
    void what_a_wanted_device_asks_for_in_vain_is_an_error(String edits, String message) {
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> edited(edits))
                .withMessage("/etc/cdi/acme.json: " + message);
    }

    private UserException refused(String message, String name) {
        UserException[] thrown = new UserException[1];
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> host.devices(name))
                .withMessage(message)
                .satisfies(e -> thrown[0] = e);
        return thrown[0];
    }
}
