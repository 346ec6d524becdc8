package dev.kerr.inspect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kerr.log.UserException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The expected texts are what Apptainer 1.4.5 prints for an image with the same files.
class InspectionTest {
    private static final String DEFINITION = """
            Bootstrap: scratch

            %setup
                rm -rf $SINGULARITY_ROOTFS/x
            %environment
                export GREETING="a < b && c"
            %runscript
                echo "run: $@"
            %startscript
                exec sleep 1000
            %labels
                Author Ada & <Bob>
                Note tab\té “quoted” "x" \\
            %help
                Some help.

            %appenv foo
                export FOO=bar
            %apprun foo
                echo "foo: $FOO $@"
            %applabels foo
                version 2
            %apphelp foo
                foo helps
            %apprun bar
                echo bar
            %test
                true
            """;
    private static final String LABELS = """
            {
            \t"Author": "Ada \\u0026 \\u003cBob\\u003e",
            \t"Note": "tab\\té “quoted” \\"x\\" \\\\",
            \t"org.label-schema.build-arch": "amd64",
            \t"org.label-schema.build-date": "Tuesday_24_November_2026_2:42:51_UTC",
            \t"org.label-schema.schema-version": "1.0",
            \t"org.label-schema.usage": "/.singularity.d/runscript.help",
            \t"org.label-schema.usage.singularity.deffile.bootstrap": "scratch",
            \t"org.label-schema.usage.singularity.runscript.help": "/.singularity.d/runscript.help",
            \t"org.label-schema.usage.singularity.version": "0.1.0"
            }""";
    private static final String ENVIRONMENT = """
            #!/bin/sh
            # What the definition file says under %environment.

                export GREETING="a < b && c"

            """;

    /// An image whose files are the entries of a map.
    private record MapFiles(Map<String, String> texts) implements ImageFiles {
        @Override
        public Optional<byte[]> read(String path) {
            return Optional.ofNullable(texts.get(path)).map(text -> text.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public List<String> list(String directory) {
            return texts.keySet().stream()
                    .filter(path -> path.startsWith(directory + "/"))
                    .map(path -> path.substring(directory.length() + 1).split("/", 2)[0])
                    .distinct()
                    .toList();
        }
    }

    private static Map<String, String> files() {
        Map<String, String> files = new HashMap<>();
        files.put("/.singularity.d/Singularity", DEFINITION);
        files.put("/.singularity.d/labels.json", LABELS);
        files.put("/.singularity.d/env/01-base.sh", "# nothing\n");
        files.put("/.singularity.d/env/90-environment.sh", ENVIRONMENT);
        files.put("/.singularity.d/env/99-base.sh", "# libraries\n");
        files.put("/.singularity.d/runscript", "#!/bin/sh\n\n    echo \"run: $@\"\n\n");
        files.put("/.singularity.d/startscript", "#!/bin/sh\n\n    exec sleep 1000\n\n");
        files.put("/.singularity.d/test", "#!/bin/sh\n\n    true\n\n");
        files.put("/.singularity.d/runscript.help", "    Some help.\n\n");
        files.put("/scif/apps/foo/scif/env/01-base.sh", "SCIF_APPNAME=foo\n");
        files.put("/scif/apps/foo/scif/env/90-environment.sh", "    export FOO=bar\n");
        files.put("/scif/apps/foo/scif/runscript", "#!/bin/sh\n\n    echo \"foo: $FOO $@\"\n\n");
        files.put("/scif/apps/foo/scif/runscript.help", "    foo helps\n");
        files.put("/scif/apps/foo/scif/labels.json", "{\"version\": \"2\", \"SCIF_APP_NAME\": \"foo\"}");
        files.put("/scif/apps/bar/scif/runscript", "#!/bin/sh\n\n    echo bar\n\n");
        files.put("/scif/apps/empty/bin/x", "");
        return files;
    }

    private static Inspection inspection() throws IOException, UserException {
        return Inspection.of(new MapFiles(files()));
    }

    private static String expected(String name) throws IOException {
        try (InputStream text = InspectionTest.class.getResourceAsStream("/dev/kerr/inspect/" + name)) {
            assertThat(text).as(name).isNotNull();
            return new String(text.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void everything_as_json_is_what_the_peer_prints() throws IOException, UserException {
        assertThat(inspection().json()).isEqualTo(expected("all.json"));
    }

    @Test
    void all_aspects_as_text_are_what_the_peer_prints() throws IOException, UserException {
        assertThat(inspection().only(EnumSet.allOf(Aspect.class)).text()).isEqualTo(expected("all.txt"));
    }

    @Test
    void one_application_as_text_is_what_the_peer_prints() throws IOException, UserException {
        assertThat(inspection().only(EnumSet.allOf(Aspect.class), "foo").text()).isEqualTo(expected("foo.txt"));
    }

    @Test
    void the_list_of_applications_is_what_the_peer_prints() throws IOException, UserException {
        assertThat(inspection().appNames()).isEqualTo(expected("apps.txt"));
        assertThat(inspection().onlyApps().json()).isEqualTo(expected("apps.json"));
    }

    @Test
    void only_the_aspects_that_are_asked_for_are_told() throws IOException, UserException {
        Inspection runscript = inspection().only(Set.of(Aspect.RUNSCRIPT));
        assertThat(runscript.text()).isEqualTo("#!/bin/sh\n\n    echo \"run: $@\"\n");
        assertThat(runscript.compactJson())
                .isEqualTo("{\"data\":{\"attributes\":{\"runscript\":\"#!/bin/sh\\n\\n    echo \\\"run: $@\\\"\"}},"
                        + "\"type\":\"container\"}");
    }

    @Test
    void an_application_that_is_not_there_has_nothing_to_tell() throws IOException, UserException {
        Inspection none = inspection().only(EnumSet.allOf(Aspect.class), "nix");
        assertThat(none.text()).isEmpty();
        assertThat(none.json())
                .isEqualTo("{\n\t\"data\": {\n\t\t\"attributes\": {}\n\t},\n\t\"type\": \"container\"\n}\n");
    }

    @Test
    void an_image_without_metadata_has_nothing_to_tell() throws IOException, UserException {
        assertThat(Inspection.of(new MapFiles(Map.of())).compactJson())
                .isEqualTo("{\"data\":{\"attributes\":{}},\"type\":\"container\"}");
    }

    @Test
    void labels_are_written_as_go_does() throws UserException {
        byte[] json = "{\"b\":\"\\u2028<&>\\u001b\\b\\f\\u007f/\",\"a\":\"\"}".getBytes(StandardCharsets.UTF_8);
        assertThat(LabelsJson.encode(LabelsJson.decode(json, "labels.json")))
                .isEqualTo("{\n\t\"a\": \"\",\n\t\"b\": \"\\u2028\\u003c\\u0026\\u003e\\u001b\\b\\f\u007f/\"\n}");
    }

    @Test
    void labels_that_are_not_text_are_taken_as_text() throws UserException {
        byte[] json = "{\"n\": 1, \"t\": true, \"z\": null}".getBytes(StandardCharsets.UTF_8);
        assertThat(LabelsJson.decode(json, "labels.json")).isEqualTo(Map.of("n", "1", "t", "true", "z", ""));
        assertThat(LabelsJson.decode(new byte[0], "labels.json")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"{", "[]", "{\"a\":{}}", "{\"a\":[1]}", "x", "{\"a\":\"b\"", "\"a\""})
    void damaged_labels_are_refused(String json) {
        assertThatThrownBy(() -> LabelsJson.decode(json.getBytes(StandardCharsets.UTF_8), "/x/labels.json"))
                .isInstanceOf(UserException.class)
                .hasMessage("labels of the image are damaged: /x/labels.json is not a JSON object of strings");
    }
}
