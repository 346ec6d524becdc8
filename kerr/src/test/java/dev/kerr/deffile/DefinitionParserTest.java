package dev.kerr.deffile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kerr.log.UserException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class DefinitionParserTest {
    private static final String SCRATCH = "Bootstrap: scratch\n";

    private static Definition parse(String text) throws UserException {
        List<Definition> stages = DefinitionParser.parse(text, "x.def");
        assertThat(stages).hasSize(1);
        return stages.getFirst();
    }

    private static Definition parse(String text, Map<String, String> arguments) throws UserException {
        return DefinitionParser.parse(text, "x.def", new BuildArguments(arguments, BuildArguments.Unused.REFUSED))
                .getFirst();
    }

    // The header.

    @Test
    void a_header_is_read_up_to_the_first_section() throws UserException {
        Definition definition = parse("Bootstrap: localimage\nFrom: base.sif\n\n%post\n  true\n");
        assertThat(definition.header().values()).isEqualTo(Map.of("bootstrap", "localimage", "from", "base.sif"));
        assertThat(definition.bootstrap()).isEqualTo(new Bootstrap.LocalImage("base.sif"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Bootstrap", "bootstrap", "BOOTSTRAP", "BootStrap"})
    void keywords_are_read_in_any_case(String keyword) throws UserException {
        assertThat(parse(keyword + ": scratch\n").bootstrap()).isEqualTo(new Bootstrap.Scratch());
    }

    @ParameterizedTest
    @ValueSource(strings = {"scratch", "Scratch", "SCRATCH"})
    void agents_are_read_in_any_case(String agent) throws UserException {
        assertThat(parse("Bootstrap: " + agent + "\n").bootstrap()).isEqualTo(new Bootstrap.Scratch());
    }

    @Test
    void comments_and_blank_lines_of_the_header_are_skipped() throws UserException {
        Definition definition = parse("# a comment\n\n   # another\nBootstrap: scratch   # and one behind\n");
        assertThat(definition.header().values()).isEqualTo(Map.of("bootstrap", "scratch"));
        assertThat(definition.header().entry("bootstrap").orElseThrow().line()).isEqualTo(4);
    }

    @Test
    void a_value_may_hold_colons() throws UserException {
        Definition definition = parse("Bootstrap: debootstrap\nMirrorURL: http://host:80/debian\nOSVersion: sid\n");
        assertThat(definition.bootstrap())
                .isEqualTo(new Bootstrap.Debootstrap("http://host:80/debian", "sid", List.of()));
    }

    @Test
    void without_a_mirror_debootstrap_takes_its_own() throws UserException {
        assertThat(parse("Bootstrap: debootstrap\nOSVersion: sid\n").bootstrap())
                .isEqualTo(new Bootstrap.Debootstrap("", "sid", List.of()));
    }

    @Test
    void packages_are_separated_by_blanks_or_commas() throws UserException {
        Definition definition = parse("Bootstrap: debootstrap\nMirrorURL: m\nOSVersion: s\nInclude: a b,c , d\n");
        assertThat(definition.bootstrap()).isEqualTo(new Bootstrap.Debootstrap("m", "s", List.of("a", "b", "c", "d")));
    }

    @Test
    void a_backslash_continues_a_value_on_the_next_line() throws UserException {
        Definition definition =
                parse("Bootstrap: debootstrap\nMirrorURL: m\nOSVersion: s\nInclude: a, \\\n   b, \\\n c\n");
        assertThat(definition.header().value("include")).contains("a, b, c");
    }

    @Test
    void a_backslash_n_before_the_continuation_leaves_a_newline() throws UserException {
        assertThat(parse("Bootstrap: scratch\nSetOpt: a\\n\\\nb\n").header().value("setopt"))
                .contains("a\nb");
    }

    @Test
    void a_continuation_at_the_end_of_the_header_is_harmless() throws UserException {
        assertThat(parse("Bootstrap: scratch\nInclude: a \\\n%post\n true\n")
                        .header()
                        .value("include"))
                .contains("a");
    }

    @Test
    void of_a_repeated_keyword_the_last_counts() throws UserException {
        assertThat(parse("Bootstrap: localimage\nFrom: a\nFrom: b\n").bootstrap())
                .isEqualTo(new Bootstrap.LocalImage("b"));
    }

    @Test
    void numbered_mirrors_are_legal() throws UserException {
        assertThat(parse(SCRATCH + "OtherURL0: a\nOtherURL12: b\n").header().value("otherurl12"))
                .contains("b");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "from", "includecmd", "mirrorurl", "updateurl", "osversion", "include", "library", "registry",
                "namespace", "stage", "product", "user", "regcode", "productpgp", "registerurl", "modules",
                "setopt", "confurl"
            })
    void every_known_keyword_is_legal(String keyword) throws UserException {
        assertThat(parse(SCRATCH + keyword + ": v\n").header().value(keyword)).contains("v");
    }

    @Test
    void windows_line_ends_do_not_get_into_the_header() throws UserException {
        assertThat(parse("Bootstrap: localimage\r\nFrom: a.sif\r\n").bootstrap())
                .isEqualTo(new Bootstrap.LocalImage("a.sif"));
    }

    // Sections.

    @ParameterizedTest
    @EnumSource(SectionName.class)
    void every_section_is_found(SectionName name) throws UserException {
        String argument = name.ofApp() ? " foo" : "";
        Definition definition = parse(SCRATCH + "%" + name.word() + argument + "\n    A=B\n");
        assertThat(definition.body(name)).isEqualTo("    A=B\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"%post", "%Post", "%POST", "   %post", "\t%post   "})
    void section_names_are_read_in_any_case_and_indentation(String title) throws UserException {
        assertThat(parse(SCRATCH + title + "\n  true\n").body(SectionName.POST)).isEqualTo("  true\n");
    }

    @Test
    void bodies_keep_indentation_blank_lines_and_comments() throws UserException {
        String body = "\n\tif true; then   \n\n    # why\n  fi\n\n";
        assertThat(parse(SCRATCH + "%post\n" + body + "%help\n").body(SectionName.POST))
                .isEqualTo(body);
    }

    @Test
    void a_last_line_without_newline_is_complete() throws UserException {
        assertThat(parse(SCRATCH + "%post\n  true").body(SectionName.POST)).isEqualTo("  true\n");
    }

    @Test
    void a_percent_sign_inside_a_line_is_text() throws UserException {
        assertThat(parse(SCRATCH + "%post\n date +%Y\n").body(SectionName.POST)).isEqualTo(" date +%Y\n");
    }

    @Test
    void section_arguments_lose_comments_and_outer_blanks() throws UserException {
        Section section = parse(SCRATCH + "%post   -c /bin/bash   # faster\n true\n")
                .section(SectionName.POST)
                .orElseThrow();
        assertThat(section.arguments()).isEqualTo("-c /bin/bash");
        assertThat(section.line()).isEqualTo(2);
    }

    @Test
    void repeated_sections_are_joined_and_the_last_arguments_win() throws UserException {
        Definition definition = parse(SCRATCH + "%post -x\n one\n%help\n h\n%post -y\n two\n");
        assertThat(definition.body(SectionName.POST)).isEqualTo(" one\n two\n");
        assertThat(definition.section(SectionName.POST).orElseThrow().arguments())
                .isEqualTo("-y");
    }

    @Test
    void lines_of_a_joined_section_keep_their_numbers() throws UserException {
        Definition definition = parse(SCRATCH + "%files\n a b\n%post\n true\n%files\n c d\n");
        assertThat(definition.files()).hasSize(1);
        assertThat(definition.files().getFirst().transfers())
                .containsExactly(new FilesTransfer("a", "b", 3, 2), new FilesTransfer("c", "d", 7, 2));
    }

    @Test
    void a_section_without_lines_is_empty() throws UserException {
        Section section =
                parse(SCRATCH + "%help\n%post\n").section(SectionName.HELP).orElseThrow();
        assertThat(section.body()).isEmpty();
        assertThat(section.isBlank()).isTrue();
    }

    @Test
    void a_section_that_is_not_there_has_no_text() throws UserException {
        assertThat(parse(SCRATCH).section(SectionName.POST)).isEmpty();
        assertThat(parse(SCRATCH).body(SectionName.POST)).isEmpty();
    }

    @Test
    void the_text_is_kept_verbatim() throws UserException {
        String text = "# hello\n" + SCRATCH + "\n%post\n\ttrue \n\n";
        assertThat(parse(text).text()).isEqualTo(text);
        assertThat(parse("Bootstrap: scratch").text()).isEqualTo("Bootstrap: scratch");
    }

    @Test
    void a_definition_for_an_update_may_lack_the_header() throws UserException {
        Definition definition = parse("%post\n true\n");
        assertThat(definition.header().isEmpty()).isTrue();
        assertThatThrownBy(definition::bootstrap)
                .isInstanceOf(UserException.class)
                .hasMessage("x.def:1:1: the header has no Bootstrap line");
    }

    // Labels, files, applications.

    @Test
    void the_first_blank_ends_the_key_of_a_label() throws UserException {
        Definition definition = parse(SCRATCH + "%labels\n  Author  Ada L.\n\n  # no label\n  Empty\n\tv\t1=2\n");
        assertThat(definition.labels())
                .containsExactly(Map.entry("Author", "Ada L."), Map.entry("Empty", ""), Map.entry("v", "1=2"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            ignoreLeadingAndTrailingWhitespace = false,
            quoteCharacter = '^',
            value = {
                "a b|a|b",
                "  a   b  |a|b",
                "a||",
                "\"with blank\" b|with blank|b",
                "'with blank' b|with blank|b",
                "a \"b c\"|a|b c",
                "a b c d|a|b",
                "*.txt /opt/|*.txt|/opt/",
                "{a,b} /opt|{a,b}|/opt",
                "/x/\"y z\"/* /o|/x/y z/*|/o"
            })
    void a_files_line_is_a_source_and_perhaps_a_destination(String line, String source, String destination)
            throws UserException {
        FilesTransfer transfer = parse(SCRATCH + "%files\n" + line + "\n")
                .files()
                .getFirst()
                .transfers()
                .getFirst();
        if (source == null || source.isEmpty()) {
            source = line;
        }
        int column = line.length() - line.stripLeading().length() + 1;
        assertThat(transfer).isEqualTo(new FilesTransfer(source, destination == null ? "" : destination, 3, column));
    }

    @Test
    void comments_and_blank_lines_of_files_are_skipped() throws UserException {
        Definition definition = parse(SCRATCH + "%files\n\n  # a b\n  c\n");
        FilesTransfer transfer = definition.files().getFirst().transfers().getFirst();
        assertThat(transfer).isEqualTo(new FilesTransfer("c", "", 5, 3));
        assertThat(transfer.hasDestination()).isFalse();
    }

    @Test
    void files_sections_with_the_same_origin_are_merged_and_others_kept_apart() throws UserException {
        List<Definition> stages = DefinitionParser.parse(
                SCRATCH + "Stage: one\n" + SCRATCH + "%files\n a\n%files from one\n b\n%files from one\n c\n", "x.def");
        List<FilesSection> files = stages.get(1).files();
        assertThat(files).hasSize(2);
        assertThat(files.get(0).origin()).isEqualTo(new FilesSection.Origin.Host());
        assertThat(files.get(1).origin()).isEqualTo(new FilesSection.Origin.Stage("one"));
        assertThat(files.get(1).transfers()).hasSize(2);
    }

    @Test
    void sections_of_one_application_belong_together() throws UserException {
        Definition definition = parse(SCRATCH
                + "%apprun foo\n one\n%appenv bar\n e\n%apprun foo\n two\n%apphelp foo\n h\n%applabels foo\n k v\n");
        assertThat(definition.apps()).extracting(App::name).containsExactly("foo", "bar");
        App foo = definition.apps().getFirst();
        assertThat(foo.body(SectionName.APPRUN)).contains(" one\n two\n");
        assertThat(foo.body(SectionName.APPHELP)).contains(" h\n");
        assertThat(foo.body(SectionName.APPTEST)).isEmpty();
        assertThat(foo.labels()).isEqualTo(Map.of("k", "v"));
        assertThat(foo.files()).isEmpty();
    }

    @Test
    void files_of_an_application_are_read() throws UserException {
        Definition definition = parse(SCRATCH + "%appfiles foo\n a bin/a\n");
        assertThat(definition.apps().getFirst().files()).containsExactly(new FilesTransfer("a", "bin/a", 3, 2));
    }

    // Stages.

    @Test
    void a_bootstrap_line_in_the_first_column_begins_a_stage() throws UserException {
        List<Definition> stages = DefinitionParser.parse(
                "# first\n" + SCRATCH + "Stage: one\n%post\n a\nbootstrap: localimage\nFrom: b\n%post\n c\n", "x.def");
        assertThat(stages).hasSize(2);
        assertThat(stages.get(0).stage()).contains("one");
        assertThat(stages.get(0).text()).startsWith("# first\n").endsWith(" a\n");
        assertThat(stages.get(1).text())
                .startsWith("# first\n")
                .endsWith(" a\nbootstrap: localimage\nFrom: b\n%post\n c\n");
        assertThat(stages.get(1).stage()).isEmpty();
        assertThat(stages.get(1).bootstrap()).isEqualTo(new Bootstrap.LocalImage("b"));
        assertThat(stages.get(1).section(SectionName.POST).orElseThrow().line()).isEqualTo(8);
    }

    @Test
    void an_indented_bootstrap_line_is_text() throws UserException {
        assertThat(DefinitionParser.parse(SCRATCH + "%help\n Bootstrap: docker\n", "x.def"))
                .hasSize(1);
    }

    @Test
    void the_header_may_begin_with_another_keyword() throws UserException {
        assertThat(parse("From: b\nBootstrap: localimage\n").bootstrap()).isEqualTo(new Bootstrap.LocalImage("b"));
    }

    // Build arguments.

    @ParameterizedTest
    @ValueSource(strings = {"{{ V }}", "{{V}}", "{{   V }}"})
    void places_are_filled_with_build_arguments(String place) throws UserException {
        Definition definition = parse("Bootstrap: localimage\nFrom: " + place + "\n", Map.of("V", "b.sif"));
        assertThat(definition.bootstrap()).isEqualTo(new Bootstrap.LocalImage("b.sif"));
        assertThat(definition.text()).isEqualTo("Bootstrap: localimage\nFrom: b.sif\n");
    }

    @Test
    void arguments_has_values_for_places_that_are_not_given() throws UserException {
        Definition definition = parse(
                SCRATCH + "%arguments\n # c\n  A=one\n B = two \n%post\n {{ A }} {{ B }}\n", Map.of("B", "given"));
        assertThat(definition.body(SectionName.POST)).isEqualTo(" one given\n");
    }

    @Test
    void a_value_may_hold_places_itself() throws UserException {
        Definition definition = parse(SCRATCH + "%arguments\n A=x{{ B }}\n B=y\n%post\n {{ A }}\n");
        assertThat(definition.body(SectionName.POST)).isEqualTo(" xy\n");
    }

    @Test
    void comments_are_not_filled_but_the_line_of_the_interpreter_is() throws UserException {
        Definition definition = parse(SCRATCH + "%runscript\n#!/bin/{{ S }}\n # {{ NONE }}\n", Map.of("S", "bash"));
        assertThat(definition.body(SectionName.RUNSCRIPT)).isEqualTo("#!/bin/bash\n # {{ NONE }}\n");
    }

    @Test
    void braces_around_other_text_are_left_alone() throws UserException {
        String line = " docker inspect --format '{{.Id}}' {{ a b }} {{}}\n";
        assertThat(parse(SCRATCH + "%post\n" + line).body(SectionName.POST)).isEqualTo(line);
    }

    @Test
    void a_value_with_a_dollar_sign_is_taken_as_it_is() throws UserException {
        Definition definition = parse(SCRATCH + "%post\n {{ A }}\n", Map.of("A", "$1\\x"));
        assertThat(definition.body(SectionName.POST)).isEqualTo(" $1\\x\n");
    }

    @Test
    void an_odd_line_of_arguments_is_warned_about() throws UserException {
        assertThat(parse(SCRATCH + "%arguments\n nonsense\n").warnings())
                .containsExactly("x.def:3: ignored, for it is not NAME=value: nonsense");
    }

    @Test
    void unused_arguments_may_be_warned_about_only() throws UserException {
        BuildArguments arguments = new BuildArguments(Map.of("A", "1"), BuildArguments.Unused.WARNED_ABOUT);
        assertThat(DefinitionParser.parse(SCRATCH, "x.def", arguments)
                        .getFirst()
                        .warnings())
                .containsExactly("x.def: unused build arguments: A");
    }

    @Test
    void build_arguments_are_read_from_items() throws UserException {
        assertThat(BuildArguments.of(List.of("A=1", "B= \"x y\" ", "A=2=3"), BuildArguments.Unused.REFUSED)
                        .values())
                .isEqualTo(Map.of("A", "2=3", "B", "x y"));
    }

    // Errors.

    static List<List<String>> wrongDefinitions() {
        return List.of(
                List.of("", "x.def:1:1: the definition is empty", "Bootstrap: AGENT"),
                List.of(" \n\n", "x.def:1:1: the definition is empty", "Bootstrap: AGENT"),
                List.of(SCRATCH + "\n%pots\n", "x.def:3:1: unknown section %pots", "did you mean %post?"),
                List.of(SCRATCH + "%file\n a b\n", "x.def:2:1: unknown section %file", "did you mean %files?"),
                List.of(SCRATCH + "%label\n", "x.def:2:1: unknown section %label", "did you mean %labels?"),
                List.of(SCRATCH + "%tset\n", "x.def:2:1: unknown section %tset", "did you mean %test?"),
                List.of(SCRATCH + "%banana\n", "x.def:2:1: unknown section %banana", "sections are %arguments, %pre"),
                List.of(SCRATCH + "%\n", "x.def:2:1: unknown section %", "cannot begin with %"),
                List.of(SCRATCH + "%post\n  %d\n", "x.def:3:3: unknown section %d", "cannot begin with %"),
                List.of(
                        "Bootstrap scratch\n",
                        "x.def:1:1: header line 'Bootstrap scratch' has no ':'",
                        "Keyword: value"),
                List.of(SCRATCH + "apt-get update # now\n", "x.def:2:1: header line 'apt-get update' has no ':'", "%"),
                List.of("Bootstarp: scratch\n", "x.def:1:1: unknown header keyword 'Bootstarp'", "'bootstrap'"),
                List.of(SCRATCH + "\nForm: x\n", "x.def:3:1: unknown header keyword 'Form'", "'from'"),
                List.of(SCRATCH + "Colour: x\n", "x.def:2:1: unknown header keyword 'Colour'", "keywords are "),
                List.of(SCRATCH + "OtherURLx: x\n", "x.def:2:1: unknown header keyword 'OtherURLx'", "'otherurl'"),
                List.of("From: x\n", "x.def:1:1: the header has no Bootstrap line", "debootstrap, scratch"),
                List.of("Bootstrap:\n", "x.def:1:1: Bootstrap names no agent", "agents are "),
                List.of("Bootstrap: # none\n", "x.def:1:1: Bootstrap names no agent", "agents are "),
                List.of(
                        "Bootstrap: dcoker\n",
                        "x.def:1:12: unknown bootstrap agent 'dcoker'",
                        "did you mean 'docker'?"),
                List.of(
                        "\nBootstrap: banana\n",
                        "x.def:2:12: unknown bootstrap agent 'banana'",
                        "localimage, debootstrap"),
                List.of(
                        "Bootstrap: buildkit\nFrom: .\n",
                        "x.def:1:12: Bootstrap agent 'buildkit' is not yet available in this version",
                        "available are localimage, debootstrap, scratch, docker"),
                List.of(
                        "Bootstrap: docker-archive\n",
                        "x.def:1:12: Bootstrap agent 'docker-archive' needs a header line 'From: …'",
                        ""),
                List.of(
                        "Bootstrap: oras\nFrom: x\nFingerprints: ab\n",
                        "x.def:3:15: 'ab' is no fingerprint of a key",
                        "40 hexadecimal digits"),
                List.of(
                        "Bootstrap: docker\nFrom: x\nFingerprints: ab\n",
                        "x.def:3:1: Fingerprints are for a SIF, which the agent 'docker' does not give",
                        "remove the line"),
                List.of(
                        "Bootstrap: localimage\nFrom: x\nFingerprints:\n",
                        "x.def:3:1: Fingerprints names none",
                        "remove the line"),
                List.of(
                        "Bootstrap: localimage\n",
                        "x.def:1:12: Bootstrap agent 'localimage' needs a header line 'From: …'",
                        ""),
                List.of(
                        "Bootstrap: localimage\nFrom:\n",
                        "x.def:1:12: Bootstrap agent 'localimage' needs a header line 'From: …'",
                        ""),
                List.of(
                        "Bootstrap: localimage\nFrom: x\nFingerprints: ab\n",
                        "x.def:3:15: 'ab' is no fingerprint of a key",
                        "40 hexadecimal digits"),
                List.of(
                        "Bootstrap: debootstrap\nMirrorURL: m\n",
                        "x.def:1:12: Bootstrap agent 'debootstrap' needs a header line 'OSVersion: …'",
                        ""),
                List.of(
                        SCRATCH + "%files form one\n",
                        "x.def:2:8: %files cannot have the arguments 'form one'",
                        "from STAGE"),
                List.of(SCRATCH + "%files from\n", "x.def:2:8: %files cannot have the arguments 'from'", "from STAGE"),
                List.of(
                        SCRATCH + "%files from a b\n",
                        "x.def:2:8: %files cannot have the arguments 'from a b'",
                        "from"),
                List.of(
                        SCRATCH + "%files from one\n a\n",
                        "x.def:2:13: no stage before this one is named 'one'",
                        "Stage: one"),
                List.of(
                        SCRATCH + "Stage: one\n%files from one\n a\n",
                        "x.def:3:13: no stage before this one is named 'one'",
                        "Stage: one"),
                List.of(
                        SCRATCH + "Stage: one\n" + SCRATCH + "%files from two\n",
                        "x.def:4:13: no stage before this one is named 'two'",
                        "stages are one"),
                List.of(
                        SCRATCH + "Stage: one\n" + SCRATCH + "Stage: one\n",
                        "x.def:4:8: a second stage is named 'one'",
                        ""),
                List.of(SCRATCH + "%files\n \"\" b\n", "x.def:3:2: the source of a %files line is empty", ""),
                List.of(SCRATCH + "%apprun\n x\n", "x.def:2:1: %apprun names no application", "%apprun NAME"),
                List.of(SCRATCH + "%apprun ../x\n", "x.def:2:9: '../x' cannot be the name of an application", ""),
                List.of(
                        SCRATCH + "%post\n\n {{ X }}\n",
                        "x.def:4:2: build argument 'X' has no value",
                        "--build-arg X=…"),
                List.of(
                        SCRATCH + "%arguments\n A={{ X }}\n%post\n {{ A }}\n",
                        "x.def:3:4: build argument 'X' has no value",
                        "--build-arg X=…"));
    }

    @ParameterizedTest
    @MethodSource("wrongDefinitions")
    void a_wrong_definition_is_refused_with_line_column_and_a_hint(List<String> expected) {
        assertThatThrownBy(() -> DefinitionParser.parse(expected.get(0), "x.def"))
                .isInstanceOfSatisfying(UserException.class, e -> {
                    assertThat(e).hasMessage(expected.get(1));
                    assertThat(e.hint()).contains(expected.get(2));
                });
    }

    @Test
    void unused_arguments_are_refused() {
        assertThatThrownBy(() -> parse(SCRATCH, Map.of("B", "1", "A", "2")))
                .isInstanceOfSatisfying(UserException.class, e -> {
                    assertThat(e).hasMessage("x.def: unused build arguments: A, B");
                    assertThat(e.hint()).isEqualTo("use --warn-unused-build-args");
                });
    }

    @ParameterizedTest
    @ValueSource(strings = {"A", "=x", ""})
    void a_build_argument_without_name_or_value_is_refused(String item) {
        assertThatThrownBy(() -> BuildArguments.of(List.of(item), BuildArguments.Unused.REFUSED))
                .isInstanceOf(UserException.class)
                .hasMessage("build argument '" + item + "' has no value");
    }

    @ParameterizedTest
    @EnumSource(BootstrapAgent.class)
    void each_known_agent_is_either_built_or_refused_as_not_yet_available(BootstrapAgent agent) {
        String text = "Bootstrap: " + agent.word() + "\nFrom: x\nMirrorURL: m\nOSVersion: o\n";
        if (agent.isAvailable()) {
            assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> parse(text)))
                    .isNull();
        } else {
            assertThatThrownBy(() -> parse(text)).hasMessageContaining("'" + agent.word() + "' is not yet available");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            docker          | From: alpine                            | docker://alpine
            docker          | From: docker://alpine:3                 | docker://alpine:3
            Docker          | Registry: r:5000, Namespace: n, From: a | docker://r:5000/n/a
            docker-archive  | From: /tmp/x.tar                        | docker-archive:/tmp/x.tar
            docker-daemon   | From: busybox:latest                    | docker-daemon:busybox:latest
            oci             | From: layout:name                       | oci:layout:name
            oci-archive     | From: x.tar                             | oci-archive:x.tar
            oras            | From: r.org/x:1                         | oras://r.org/x:1
            library         | From: a/b/c:1                           | library://a/b/c:1
            library         | Library: https://l.org/, From: a/b/c    | library://l.org/a/b/c
            shub            | From: a/b                               | shub://a/b
            """)
    void an_agent_of_images_from_elsewhere_is_what_the_command_line_has(String agent, String header, String source)
            throws Exception {
        String text = "Bootstrap: " + agent + "\n" + header.replace(", ", "\n") + "\n";
        assertThat(parse(text).bootstrap()).isEqualTo(new Bootstrap.Elsewhere(source));
    }
}
