package dev.kerr.build;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kerr.build.StagedTree.Kind;
import dev.kerr.build.StagedTree.Node;
import dev.kerr.deffile.BuildArguments;
import dev.kerr.deffile.DefinitionParser;
import dev.kerr.inspect.ImageFiles;
import dev.kerr.log.UserException;
import dev.kerr.sif.Architecture;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FinalMetadataTest {
    private static final ZonedDateTime NOW = ZonedDateTime.of(2026, 3, 1, 9, 5, 7, 0, ZoneId.of("UTC"));
    private static final String FULL = """
            Bootstrap: localimage
            From: base.sif
            %environment
                export A=1
            %runscript
                echo run
            %startscript -x
                echo start
            %test
                true
            %labels
                Author Ada
            %help
                Help.
            """;

    private final RecordingLog log = new RecordingLog();
    private BuildRequest.Existing existing = BuildRequest.Existing.REFUSE;
    private Set<BuildPart> parts = BuildPart.all();

    private record MapFiles(Map<String, String> texts) implements ImageFiles {
        @Override
        public Optional<byte[]> read(String path) {
            return Optional.ofNullable(texts.get(path)).map(text -> text.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public List<String> list(String directory) {
            return texts.keySet().stream()
                    .filter(path -> path.startsWith(directory + "/"))
                    .map(path -> path.substring(directory.length() + 1))
                    .toList();
        }
    }

    private StagedTree tree(String definition, Map<String, String> present) throws IOException, UserException {
        BuildRequest request = new BuildRequest(
                new BuildRequest.Target(Path.of("x.sif"), BuildRequest.Format.SIF, existing),
                new BuildRequest.Source.DefinitionFile(Path.of("x.def"), BuildArguments.NONE),
                new BuildRequest.Options(parts, false, PackSettings.usual(), List.of()),
                new BuildRequest.Surroundings(Path.of("/tmp"), Path.of("/"), Map.of()));
        return new FinalMetadata(
                        request, DefinitionParser.parse(definition, "x.def").getFirst(), new MapFiles(present))
                .tree(new Platform("1.2.3", Architecture.AMD64), NOW, log);
    }

    private static String text(StagedTree tree, String path) {
        return tree.nodes().get(path) instanceof Node.Text(String text, Kind _) ? text : "absent";
    }

    @Test
    void a_full_definition_gives_every_file() throws IOException, UserException {
        StagedTree tree = tree(FULL, Map.of());
        assertThat(tree.nodes().keySet())
                .containsExactly(
                        ".singularity.d",
                        ".singularity.d/Singularity",
                        ".singularity.d/env",
                        ".singularity.d/env/90-environment.sh",
                        ".singularity.d/labels.json",
                        ".singularity.d/runscript",
                        ".singularity.d/runscript.help",
                        ".singularity.d/startscript",
                        ".singularity.d/test");
        assertThat(text(tree, ".singularity.d/Singularity")).isEqualTo(FULL);
        assertThat(text(tree, ".singularity.d/env/90-environment.sh"))
                .isEqualTo("#!/bin/sh\n# What the definition file says under %environment.\n\n    export A=1\n\n");
        assertThat(text(tree, ".singularity.d/runscript")).isEqualTo("#!/bin/sh\n\n    echo run\n\n");
        assertThat(text(tree, ".singularity.d/startscript")).isEqualTo("#!/bin/sh -x\n\n    echo start\n\n");
        assertThat(text(tree, ".singularity.d/test")).isEqualTo("#!/bin/sh\n\n    true\n\n");
        assertThat(text(tree, ".singularity.d/runscript.help")).isEqualTo("    Help.\n\n");
        assertThat(text(tree, ".singularity.d/labels.json")).isEqualTo("""
                {
                \t"Author": "Ada",
                \t"org.label-schema.build-arch": "amd64",
                \t"org.label-schema.build-date": "Sunday_1_March_2026_9:5:7_UTC",
                \t"org.label-schema.schema-version": "1.0",
                \t"org.label-schema.usage": "/.singularity.d/runscript.help",
                \t"org.label-schema.usage.singularity.deffile.bootstrap": "localimage",
                \t"org.label-schema.usage.singularity.deffile.from": "base.sif",
                \t"org.label-schema.usage.singularity.runscript.help": "/.singularity.d/runscript.help",
                \t"org.label-schema.usage.singularity.version": "1.2.3"
                }""");
    }

    @Test
    void scripts_can_be_run_and_texts_cannot() throws IOException, UserException {
        StagedTree tree = tree(FULL, Map.of());
        assertThat(tree.nodes().get(".singularity.d/runscript"))
                .isInstanceOfSatisfying(
                        Node.Text.class, node -> assertThat(node.kind()).isEqualTo(Kind.SCRIPT));
        assertThat(tree.nodes().get(".singularity.d/labels.json"))
                .isInstanceOfSatisfying(
                        Node.Text.class, node -> assertThat(node.kind()).isEqualTo(Kind.DATA));
    }

    @Test
    void without_sections_there_are_the_default_scripts() throws IOException, UserException {
        StagedTree tree = tree("Bootstrap: scratch\n", Map.of());
        assertThat(text(tree, ".singularity.d/runscript")).contains("There is no runscript defined for this container");
        assertThat(text(tree, ".singularity.d/startscript")).isEqualTo("#!/bin/sh\n");
        assertThat(tree.nodes()).doesNotContainKeys(".singularity.d/test", ".singularity.d/runscript.help");
    }

    @Test
    void scripts_of_the_base_stay_where_the_definition_has_none() throws IOException, UserException {
        StagedTree tree = tree(
                "Bootstrap: scratch\n",
                Map.of("/.singularity.d/runscript", "base", "/.singularity.d/startscript", "base"));
        assertThat(tree.nodes()).doesNotContainKeys(".singularity.d/runscript", ".singularity.d/startscript");
    }

    @Test
    void the_environment_of_the_base_is_appended_to() throws IOException, UserException {
        StagedTree tree = tree(FULL, Map.of("/.singularity.d/env/90-environment.sh", "#!/bin/sh\nexport BASE=1"));
        assertThat(text(tree, ".singularity.d/env/90-environment.sh"))
                .isEqualTo("#!/bin/sh\nexport BASE=1\n    export A=1\n\n");
    }

    @Test
    void the_definition_of_the_base_moves_to_the_history() throws IOException, UserException {
        StagedTree first = tree(FULL, Map.of("/.singularity.d/Singularity", "old"));
        assertThat(text(first, ".singularity.d/bootstrap_history/Singularity0")).isEqualTo("old");
        StagedTree third = tree(
                FULL,
                Map.of(
                        "/.singularity.d/Singularity", "old",
                        "/.singularity.d/bootstrap_history/Apptainer0", "older",
                        "/.singularity.d/bootstrap_history/Singularity2", "odd"));
        assertThat(text(third, ".singularity.d/bootstrap_history/Singularity3")).isEqualTo("old");
    }

    @Test
    void labels_of_the_base_stay_and_are_not_overwritten_without_force() throws IOException, UserException {
        Map<String, String> present = Map.of(
                "/.singularity.d/labels.json",
                "{\"Author\": \"Bob\", \"kept\": \"1\", \"org.label-schema.build-arch\": \"old\"}");
        String labels = text(tree(FULL, present), ".singularity.d/labels.json");
        assertThat(labels)
                .contains("\"Author\": \"Bob\"", "\"kept\": \"1\"", "\"org.label-schema.build-arch\": \"amd64\"");
        assertThat(log.warnings)
                .containsExactly("label Author of the base image is kept; build with --force to replace it");
    }

    @Test
    void force_overwrites_labels_of_the_base() throws IOException, UserException {
        existing = BuildRequest.Existing.REPLACE;
        String labels = text(
                tree(FULL, Map.of("/.singularity.d/labels.json", "{\"Author\": \"Bob\"}")),
                ".singularity.d/labels.json");
        assertThat(labels).contains("\"Author\": \"Ada\"");
        assertThat(log.warnings).isEmpty();
    }

    @Test
    void labels_that_post_leaves_are_added() throws IOException, UserException {
        StagedTree tree = tree("Bootstrap: scratch\n", Map.of("/.build.labels", "a 1 2\nb\n"));
        assertThat(text(tree, ".singularity.d/labels.json")).contains("\"a\": \"1 2\"", "\"b\": \"\"");
    }

    @Test
    void an_update_says_nothing_of_the_header() throws IOException, UserException {
        existing = BuildRequest.Existing.UPDATE;
        assertThat(text(tree(FULL, Map.of()), ".singularity.d/labels.json")).doesNotContain("deffile");
    }

    @Test
    void parts_that_are_not_chosen_are_left_out() throws IOException, UserException {
        parts = EnumSet.of(BuildPart.POST);
        StagedTree tree = tree(FULL, Map.of());
        assertThat(text(tree, ".singularity.d/labels.json")).doesNotContain("Author");
        assertThat(text(tree, ".singularity.d/env/90-environment.sh")).doesNotContain("export A");
    }
}
