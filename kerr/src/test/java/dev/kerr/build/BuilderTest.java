package dev.kerr.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kerr.deffile.BuildArguments;
import dev.kerr.log.UserException;
import dev.kerr.sif.Architecture;
import dev.kerr.sif.DataType;
import dev.kerr.sif.Descriptor;
import dev.kerr.sif.Sif;
import dev.kerr.squashfs.Inode;
import dev.kerr.squashfs.SquashfsReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BuilderTest {
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-03-01T09:05:07Z"), ZoneId.of("UTC"));

    @TempDir
    Path directory;

    private Path temporary;
    private Path base;
    private RecordingRunner runner = new RecordingRunner();
    private final RecordingLog log = new RecordingLog();
    private BuildRequest.Format format = BuildRequest.Format.SIF;
    private BuildRequest.Existing existing = BuildRequest.Existing.REFUSE;
    private Set<BuildPart> parts = BuildPart.all();
    private boolean keepTemporary;

    @BeforeEach
    void makeDirectories() throws IOException {
        temporary = Files.createDirectory(directory.resolve("tmp"));
        base = Files.createDirectories(directory.resolve("base"));
        Files.writeString(base.resolve("from-base"), "");
    }

    /// Runs what `%post` or a test runs, as if the root file system were that of the host.
    private static int runInside(Path rootfs, List<String> argv) throws IOException {
        Path post = rootfs.resolve(".post.script");
        if (Files.exists(post) && Files.readString(post).contains("labels")) {
            Files.writeString(rootfs.resolve(".build.labels"), "from.post yes\n");
            Files.writeString(rootfs.resolve(".singularity.d/env/91-environment.sh"), "export POST=1\n");
        }
        return argv.getLast().equals("/.post.script") && Files.readString(post).contains("exit 3") ? 3 : 0;
    }

    private void build(String target, BuildRequest.Source source) throws IOException, UserException {
        var builder = new Builder(
                runner, this::image, new Platform("1.2.3", Architecture.AMD64), Optional.empty(), CLOCK, log);
        builder.build(new BuildRequest(
                new BuildRequest.Target(Path.of(target), format, existing),
                source,
                new BuildRequest.Options(parts, keepTemporary, PackSettings.usual(), List.of()),
                new BuildRequest.Surroundings(
                        temporary,
                        directory,
                        Map.of("PATH", "/usr/bin:/bin", "MINE", "1", "https_proxy", "http://proxy"))));
    }

    /// An image from elsewhere: one that was converted from layers.
    private Path image(String source) throws UserException {
        if (!source.equals("docker://registry.org/space/name:tag")) {
            throw new UserException("cannot get the image " + source);
        }
        return base;
    }

    private void buildDefinition(String target, String definition) throws IOException, UserException {
        Files.writeString(directory.resolve("x.def"), definition);
        build(target, new BuildRequest.Source.DefinitionFile(Path.of("x.def"), BuildArguments.NONE));
    }

    private void buildSandbox(String definition) throws IOException, UserException {
        format = BuildRequest.Format.SANDBOX;
        buildDefinition("box", definition);
    }

    private String inBox(String path) throws IOException {
        return Files.readString(directory.resolve("box").resolve(path));
    }

    private void assertNothingIsLeft() throws IOException {
        for (Path parent : List.of(temporary, directory)) {
            try (Stream<Path> files = Files.list(parent)) {
                assertThat(files.map(file -> file.getFileName().toString()))
                        .noneMatch(name -> name.startsWith("kerr-build"));
            }
        }
    }

    @Test
    void an_image_from_elsewhere_is_a_base_whose_conversion_is_no_history() throws IOException, UserException {
        Files.createDirectory(base.resolve(".singularity.d"));
        Files.writeString(base.resolve(".singularity.d/Singularity"), "bootstrap: docker");
        String header = "Bootstrap: docker\nRegistry: registry.org\nNamespace: space\nFrom: name:tag\n";
        buildSandbox(header);
        assertThat(directory.resolve("box/from-base")).exists();
        assertThat(inBox(".singularity.d/Singularity")).isEqualTo(header);
        assertThat(directory.resolve("box/.singularity.d/bootstrap_history")).doesNotExist();
    }

    @Test
    void an_image_from_elsewhere_that_cannot_be_had_leaves_nothing() throws IOException {
        assertThatThrownBy(() -> buildDefinition("x.sif", "Bootstrap: docker\nFrom: nobody\n"))
                .isInstanceOf(UserException.class)
                .hasMessage("cannot get the image docker://nobody");
        assertThat(directory.resolve("x.sif")).doesNotExist();
        assertNothingIsLeft();
    }

    @Test
    void a_build_runs_its_steps_in_order() throws IOException, UserException {
        buildDefinition("x.sif", """
                Bootstrap: localimage
                From: base
                %test
                    true
                %post
                    true
                %files
                    x.def /x.def
                %setup
                    true
                %pre
                    true
                %runscript
                    true
                """);
        assertThat(runner.calls)
                .containsExactly(
                        "pre",
                        "cp",
                        "graft.sh",
                        "skeleton.sh",
                        "graft.sh",
                        "setup",
                        "files",
                        "place-script.sh",
                        "in container: /bin/sh -ex /.post.script",
                        "rm",
                        "collect.sh",
                        "graft.sh",
                        "in finished: /bin/sh /.singularity.d/actions/test",
                        "pack");
        assertNothingIsLeft();
    }

    @Test
    void a_sif_has_definition_metadata_and_root_file_system() throws IOException, UserException {
        String definition = "Bootstrap: localimage\nFrom: base\n%labels\n  Author Ada\n";
        buildDefinition("x.sif", definition);
        try (FileChannel channel = FileChannel.open(directory.resolve("x.sif"))) {
            List<Descriptor> objects = Sif.open(channel).descriptors();
            assertThat(objects)
                    .extracting(Descriptor::type)
                    .containsExactly(DataType.DEFINITION_FILE, DataType.GENERIC_JSON, DataType.PARTITION);
            assertThat(objects.get(1).name()).isEqualTo("inspect-metadata.json");
            assertThat(text(channel, objects.get(0))).isEqualTo(definition);
            assertThat(text(channel, objects.get(1)))
                    .startsWith(
                            "{\"data\":{\"attributes\":{\"environment\":{\"/.singularity.d/env/90-environment.sh\":")
                    .contains("\"labels\":{\"Author\":\"Ada\",")
                    .endsWith("\"type\":\"container\"}");
            assertThat(fileIn(channel, objects.get(2), "from-base")).isPresent();
            assertThat(objects.get(2).partition().orElseThrow().architecture()).isEqualTo(Architecture.AMD64);
        }
        assertThat(Files.isExecutable(directory.resolve("x.sif"))).isTrue();
    }

    private static Optional<Inode> fileIn(FileChannel channel, Descriptor object, String name) throws IOException {
        try (var reader = SquashfsReader.open(channel, object.offset(), object.size())) {
            return reader.child(reader.root(), name);
        }
    }

    private static String text(FileChannel channel, Descriptor object) throws IOException {
        return new String(Sif.read(channel, object, 1 << 20), StandardCharsets.UTF_8);
    }

    @Test
    void a_sandbox_has_the_base_and_all_metadata() throws IOException, UserException {
        runner = new RecordingRunner(BuilderTest::runInside);
        buildSandbox("Bootstrap: localimage\nFrom: base\n%post\n  labels\n");
        Path box = directory.resolve("box");
        assertThat(box.resolve("from-base")).exists();
        for (String action : List.of("exec", "run", "shell", "start", "test")) {
            assertThat(Files.isExecutable(box.resolve(".singularity.d/actions/" + action)))
                    .isTrue();
        }
        for (String script :
                List.of("01-base", "90-environment", "91-environment", "94-appsbase", "95-apps", "99-base")) {
            assertThat(box.resolve(".singularity.d/env/" + script + ".sh")).isRegularFile();
        }
        assertThat(box.resolve(".singularity.d/libs")).isDirectory();
        assertThat(Files.readSymbolicLink(box.resolve("singularity"))).hasToString(".singularity.d/runscript");
        assertThat(Files.readSymbolicLink(box.resolve(".run"))).hasToString(".singularity.d/actions/run");
        assertThat(box.resolve("environment")).isSymbolicLink();
        for (String name : List.of("dev", "proc", "root", "var/tmp", "tmp", "etc", "sys", "home")) {
            assertThat(box.resolve(name)).isDirectory();
        }
        assertThat(box.resolve("etc/hosts")).isRegularFile();
        assertThat(box.resolve("etc/resolv.conf")).isRegularFile();
        assertThat(inBox(".singularity.d/labels.json")).contains("\"from.post\": \"yes\"");
        assertThat(box.resolve(".build.labels")).doesNotExist();
        assertThat(box.resolve(".post.script")).doesNotExist();
        assertNothingIsLeft();
    }

    @Test
    void what_an_image_has_of_its_own_stays() throws IOException, UserException {
        Files.writeString(base.resolve("singularity"), "a file");
        Files.createDirectory(base.resolve("etc"));
        Files.writeString(base.resolve("etc/hosts"), "mine");
        Files.createDirectory(base.resolve("usr"));
        Files.createSymbolicLink(base.resolve("tmp"), Path.of("usr"));
        buildSandbox("Bootstrap: localimage\nFrom: base\n");
        assertThat(inBox("singularity")).isEqualTo("a file");
        assertThat(inBox("etc/hosts")).isEqualTo("mine");
        assertThat(directory.resolve("box/tmp")).isSymbolicLink();
    }

    @Test
    void metadata_is_never_written_through_a_link_of_the_base() throws IOException, UserException {
        Path outside = Files.createDirectory(directory.resolve("outside"));
        Files.writeString(outside.resolve("victim"), "untouched");
        Files.createSymbolicLink(base.resolve(".singularity.d"), outside);
        Files.createSymbolicLink(base.resolve(".post.script"), outside.resolve("victim"));
        Files.createSymbolicLink(base.resolve("etc"), outside);
        Files.createSymbolicLink(base.resolve("var"), outside);
        buildSandbox("Bootstrap: localimage\nFrom: base\n%post\n  true\n");
        try (Stream<Path> files = Files.list(outside)) {
            assertThat(files).containsExactly(outside.resolve("victim"));
        }
        assertThat(outside.resolve("victim")).hasContent("untouched");
        assertThat(Files.isDirectory(directory.resolve("box/.singularity.d"), LinkOption.NOFOLLOW_LINKS))
                .isTrue();
    }

    @Test
    void links_inside_the_metadata_of_the_base_are_replaced() throws IOException, UserException {
        Path outside = Files.createDirectory(directory.resolve("outside"));
        Path secret = Files.writeString(directory.resolve("secret"), "secret");
        Path metadata = Files.createDirectory(base.resolve(".singularity.d"));
        Files.createSymbolicLink(metadata.resolve("env"), outside);
        Files.createSymbolicLink(metadata.resolve("labels.json"), secret);
        Files.createSymbolicLink(metadata.resolve("Singularity"), secret);
        buildSandbox("Bootstrap: localimage\nFrom: base\n");
        try (Stream<Path> files = Files.list(outside)) {
            assertThat(files).isEmpty();
        }
        assertThat(secret).hasContent("secret");
        assertThat(inBox(".singularity.d/labels.json")).doesNotContain("secret");
        assertThat(directory.resolve("box/.singularity.d/bootstrap_history")).doesNotExist();
    }

    @Test
    void post_gets_exactly_its_environment() throws IOException, UserException {
        buildSandbox("Bootstrap: localimage\nFrom: base\n%post\n  true\n");
        assertThat(runner.environmentOf("/.post.script"))
                .isEqualTo(Map.of(
                        "PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                        "HOME", "/root",
                        "LANG", "C",
                        "https_proxy", "http://proxy",
                        "SINGULARITY_ENVIRONMENT", "/.singularity.d/env/91-environment.sh",
                        "APPTAINER_ENVIRONMENT", "/.singularity.d/env/91-environment.sh",
                        "SINGULARITY_LABELS", "/.build.labels",
                        "APPTAINER_LABELS", "/.build.labels"));
    }

    @Test
    void setup_gets_the_callers_environment_and_the_root_file_system() throws IOException, UserException {
        buildSandbox("Bootstrap: localimage\nFrom: base\n%setup\n  touch $SINGULARITY_ROOTFS/by-setup\n");
        assertThat(runner.environmentOf("setup")).containsKeys("MINE", "APPTAINER_ROOTFS", "SINGULARITY_ENVIRONMENT");
        assertThat(directory.resolve("box/by-setup")).exists();
    }

    @Test
    void a_failing_post_leaves_nothing() throws IOException {
        runner = new RecordingRunner(BuilderTest::runInside);
        assertThatThrownBy(() -> buildDefinition("x.sif", "Bootstrap: localimage\nFrom: base\n%post\n  exit 3\n"))
                .isInstanceOf(UserException.class)
                .hasMessage("while running %post section: exit status 3");
        assertThat(directory.resolve("x.sif")).doesNotExist();
        assertNothingIsLeft();
    }

    @Test
    void a_failing_build_leaves_its_directory_if_it_is_to_be_kept() throws IOException {
        keepTemporary = true;
        runner = new RecordingRunner(BuilderTest::runInside);
        assertThatThrownBy(() -> buildDefinition("x.sif", "Bootstrap: localimage\nFrom: base\n%post\n  exit 3\n"))
                .isInstanceOf(UserException.class);
        try (Stream<Path> files = Files.list(temporary)) {
            assertThat(files).hasSize(1);
        }
    }

    @Test
    void a_failing_setup_is_told() {
        assertThatThrownBy(() -> buildSandbox("Bootstrap: localimage\nFrom: base\n%setup\n  exit 4\n"))
                .hasMessage("while running %setup section: exit status 4");
    }

    @Test
    void parts_that_are_not_chosen_do_not_run() throws IOException, UserException {
        parts = EnumSet.noneOf(BuildPart.class);
        buildSandbox("""
                Bootstrap: localimage
                From: base
                %setup
                    exit 1
                %post
                    exit 1
                %files
                    nowhere /x
                %test
                    exit 1
                """);
        assertThat(runner.calls).doesNotContain("setup", "files").noneMatch(call -> call.startsWith("in container"));
    }

    @Test
    void a_later_stage_copies_from_an_earlier_one() throws IOException, UserException {
        buildSandbox("""
                Bootstrap: localimage
                From: base
                Stage: one
                %setup
                    echo made > $SINGULARITY_ROOTFS/made
                Bootstrap: scratch
                %files from one
                    /made /opt/
                """);
        assertThat(inBox("opt/made")).isEqualTo("made\n");
        assertThat(directory.resolve("box/from-base")).doesNotExist();
        assertThat(inBox(".singularity.d/Singularity"))
                .startsWith("Bootstrap: localimage\n")
                .contains("\nBootstrap: scratch\n");
    }

    @Test
    void applications_get_their_directories_and_install_in_post() throws IOException, UserException {
        buildSandbox("""
                Bootstrap: localimage
                From: base
                %appinstall foo
                    touch installed
                %apprun foo
                    echo foo
                %appfiles foo
                    x.def bin/x
                %applabels foo
                    a b
                """);
        assertThat(runner.calls).contains("in container: /bin/sh -ex /.post.script");
        assertThat(inBox("scif/apps/foo/scif/runscript")).isEqualTo("#!/bin/sh\n\n    echo foo\n\n");
        assertThat(inBox("scif/apps/foo/scif/labels.json"))
                .isEqualTo("{\n\t\"SCIF_APP_NAME\": \"foo\",\n\t\"a\": \"b\"\n}");
        assertThat(directory.resolve("box/scif/apps/foo/bin/x")).exists();
        assertThat(directory.resolve("box/scif/data/foo/input")).isDirectory();
        assertThat(inBox(".singularity.d/env/94-appsbase.sh"))
                .contains("export SCIF_APPROOT_foo=\"/scif/apps/foo\"", "SCIF_APPRUN_foo=");
    }

    @Test
    void an_image_is_converted_without_a_definition() throws IOException, UserException {
        format = BuildRequest.Format.SANDBOX;
        Files.createDirectory(base.resolve(".singularity.d"));
        Files.writeString(base.resolve(".singularity.d/Singularity"), "old");
        Files.writeString(base.resolve(".singularity.d/runscript"), "mine");
        build("box", new BuildRequest.Source.Image(Path.of("base")));
        assertThat(inBox("from-base")).isEmpty();
        assertThat(inBox(".singularity.d/runscript")).isEqualTo("mine");
        assertThat(inBox(".singularity.d/Singularity")).isEqualTo("bootstrap: localimage\nfrom: base\n");
        assertThat(inBox(".singularity.d/bootstrap_history/Singularity0")).isEqualTo("old");
    }

    @Test
    void a_sif_is_unpacked_at_its_partition() throws IOException, UserException {
        try (var image = BuilderTest.class.getResourceAsStream("/images/busybox.sif")) {
            Files.copy(Objects.requireNonNull(image), directory.resolve("one.sif"));
        }
        format = BuildRequest.Format.SANDBOX;
        buildWithPath("box", "one.sif");
        assertThat(runner.commandOf("unpack")).contains("offset=36864", "image=" + directory.resolve("one.sif"));
        assertThat(directory.resolve("box/bin/busybox")).isRegularFile();
    }

    @Test
    void an_image_that_is_damaged_is_named() throws IOException, UserException {
        buildDefinition("one.sif", "Bootstrap: localimage\nFrom: base\n");
        try (FileChannel channel = FileChannel.open(directory.resolve("one.sif"), StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(new byte[4000]), channel.size() - 8000); // among its tables
        }
        assertThatThrownBy(() -> buildWithPath("two", "one.sif"))
                .isInstanceOf(UserException.class)
                .hasMessageStartingWith("image one.sif is damaged: ");
        assertThat(directory.resolve("two")).doesNotExist();
    }

    @Test
    void a_step_that_ends_without_a_word_is_told_by_its_status() throws IOException {
        runner.failing("pack");
        assertThatThrownBy(() -> buildDefinition("x.sif", "Bootstrap: localimage\nFrom: base\n"))
                .hasMessage("cannot write the image's file system: exit status 1");
        assertThat(directory.resolve("x.sif")).doesNotExist();
        assertNothingIsLeft();
    }

    @Test
    void what_a_step_says_is_what_the_build_says() throws IOException, UserException {
        var settings = PackSettings.usual();
        var pack = new TreeStep.Pack(
                TreeStep.Tree.of(directory.resolve("none")),
                directory.resolve("out"),
                Optional.empty(),
                settings,
                new TreeStep.Times(0, OptionalLong.empty()));
        Path report = directory.resolve("report");
        var step = new TreeStep(pack, report, TreeStep.Display.NOTHING);
        assertThat(TreeWork.run(step.words(), System.out)).isEqualTo(1);
        assertThat(StepReport.read(report))
                .contains(new StepReport.Failed(
                        "cannot pack " + directory.resolve("none") + ": no such file or directory", ""));
    }

    private void buildWithPath(String target, String image) throws IOException, UserException {
        new Builder(runner, this::image, new Platform("1", Architecture.AMD64), Optional.empty(), CLOCK, log)
                .build(new BuildRequest(
                        new BuildRequest.Target(Path.of(target), format, existing),
                        new BuildRequest.Source.Image(Path.of(image)),
                        new BuildRequest.Options(parts, false, PackSettings.usual(), List.of()),
                        new BuildRequest.Surroundings(
                                temporary, directory, Map.of("PATH", directory.resolve("bin") + ":/usr/bin:/bin"))));
    }

    @Test
    void debootstrap_is_called_with_suite_packages_and_mirror() throws IOException, UserException {
        Files.createDirectory(directory.resolve("bin"));
        Path debootstrap = Files.writeString(directory.resolve("bin/debootstrap"), "");
        assertThat(debootstrap.toFile().setExecutable(true)).isTrue();
        Files.writeString(
                directory.resolve("y.def"),
                "Bootstrap: debootstrap\nMirrorURL: http://m/\nOSVersion: buster\nInclude: a b\n");
        format = BuildRequest.Format.SANDBOX;
        new Builder(runner, this::image, new Platform("1", Architecture.AMD64), Optional.empty(), CLOCK, log)
                .build(new BuildRequest(
                        new BuildRequest.Target(Path.of("box"), format, existing),
                        new BuildRequest.Source.DefinitionFile(Path.of("y.def"), BuildArguments.NONE),
                        new BuildRequest.Options(parts, false, PackSettings.usual(), List.of()),
                        new BuildRequest.Surroundings(
                                temporary, directory, Map.of("PATH", directory.resolve("bin") + ":/usr/bin:/bin"))));
        List<String> command = runner.commandOf("debootstrap.sh");
        String rootfs = command.get(5);
        assertThat(command.subList(6, command.size()))
                .containsExactly(
                        "--variant=minbase",
                        "--exclude=openssl,udev,debconf-i18n,e2fsprogs",
                        "--include=a,b",
                        "buster",
                        rootfs,
                        "http://m/");
    }

    @Test
    void an_existing_target_is_refused_without_force() throws IOException {
        Files.writeString(directory.resolve("x.sif"), "old");
        assertThatThrownBy(() -> buildDefinition("x.sif", "Bootstrap: scratch\n"))
                .isInstanceOfSatisfying(UserException.class, e -> {
                    assertThat(e).hasMessage("build target x.sif already exists");
                    assertThat(e.hint()).isEqualTo("use --force to replace it");
                });
        assertThat(directory.resolve("x.sif")).hasContent("old");
    }

    @Test
    void force_replaces_a_file_and_a_sandbox() throws IOException, UserException {
        existing = BuildRequest.Existing.REPLACE;
        Files.writeString(directory.resolve("x.sif"), "old");
        buildDefinition("x.sif", "Bootstrap: scratch\n");
        assertThat(Files.size(directory.resolve("x.sif"))).isGreaterThan(30_000);
        buildSandbox("Bootstrap: localimage\nFrom: base\n");
        buildSandbox("Bootstrap: scratch\n");
        assertThat(directory.resolve("box/from-base")).doesNotExist();
        assertNothingIsLeft();
    }

    @Test
    void force_does_not_remove_what_is_no_image() throws IOException {
        existing = BuildRequest.Existing.REPLACE;
        Files.createDirectory(directory.resolve("box"));
        Files.writeString(directory.resolve("box/thesis.tex"), "");
        assertThatThrownBy(() -> buildSandbox("Bootstrap: scratch\n"))
                .hasMessage("cannot replace box: it is not a sandbox");
        format = BuildRequest.Format.SIF;
        assertThatThrownBy(() -> buildDefinition("box", "Bootstrap: scratch\n"))
                .hasMessage("cannot replace box: it is a directory");
        assertThat(directory.resolve("box/thesis.tex")).exists();
    }

    @Test
    void an_update_runs_the_sections_over_the_sandbox() throws IOException, UserException {
        buildSandbox("Bootstrap: localimage\nFrom: base\n%labels\n  a 1\n");
        existing = BuildRequest.Existing.UPDATE;
        buildSandbox("%setup\n  touch $SINGULARITY_ROOTFS/updated\n%labels\n  b 2\n");
        assertThat(inBox(".singularity.d/labels.json")).contains("\"a\": \"1\"", "\"b\": \"2\"", "deffile.from");
        assertThat(directory.resolve("box/updated")).exists();
        assertThat(directory.resolve("box/from-base")).exists();
    }

    @Test
    void only_a_sandbox_can_be_updated() {
        existing = BuildRequest.Existing.UPDATE;
        assertThatThrownBy(() -> buildSandbox("%post\n true\n")).hasMessage("cannot update box: not a sandbox");
    }

    @Test
    void a_missing_definition_or_directory_is_told() {
        assertThatThrownBy(() -> build(
                        "x.sif", new BuildRequest.Source.DefinitionFile(Path.of("none.def"), BuildArguments.NONE)))
                .hasMessage("cannot build from none.def: no such file");
        assertThatThrownBy(() -> buildDefinition("none/x.sif", "Bootstrap: scratch\n"))
                .hasMessage("cannot build none/x.sif: there is no directory for it");
    }

    @Test
    void a_base_that_is_no_image_is_told() throws IOException {
        assertThatThrownBy(() -> buildSandbox("Bootstrap: localimage\nFrom: none.sif\n"))
                .hasMessage("cannot open the image none.sif: no such file");
        Files.writeString(directory.resolve("text"), "no image");
        assertThatThrownBy(() -> buildSandbox("Bootstrap: localimage\nFrom: text\n"))
                .hasMessage("cannot build from text: neither a SIF nor a SquashFS file");
    }

    @Test
    void a_definition_that_is_no_text_is_told() throws IOException {
        Files.write(directory.resolve("x.def"), new byte[] {'%', (byte) 0xff, (byte) 0xfe});
        assertThatThrownBy(() ->
                        build("x.sif", new BuildRequest.Source.DefinitionFile(Path.of("x.def"), BuildArguments.NONE)))
                .hasMessage("cannot build from x.def: it is not text in UTF-8");
    }

    @Test
    void warnings_of_the_definition_are_passed_on() throws IOException, UserException {
        buildSandbox("Bootstrap: scratch\n%arguments\n  odd\n");
        assertThat(log.warnings).containsExactly("x.def:3: ignored, for it is not NAME=value: odd");
    }
}
