package dev.kerr.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The packages are as `ARCHITECTURE.md` says.
final class ArchitectureTest {
    private static final String TABLE = """
            | package | layer | may import | what it is |
            |---|---|---|---|
            | `bytes` | 0 ground | — | bounded input |
            | `sif` | 1 formats | `bytes` | images |
            """;

    private final Repository repository = Repository.here();

    private PackageTable table() throws IOException {
        return PackageTable.parse(Files.readString(repository.root().resolve("ARCHITECTURE.md")));
    }

    @Test
    void every_package_has_a_row_and_every_row_a_package_and_rows_import_downwards_only() throws IOException {
        assertThat(table().faults(repository.packages())).isEmpty();
    }

    @Test
    void every_import_is_allowed_by_the_row_of_its_package() throws IOException {
        var table = table();
        var faults = repository.java().stream()
                .flatMap(source -> table.faults(Repository.packageOf(source), source).stream());
        assertThat(faults).isEmpty();
    }

    @Test
    void a_table_that_fits_has_no_faults() {
        assertThat(PackageTable.parse(TABLE).faults(List.of("bytes", "sif"))).isEmpty();
    }

    @Test
    void a_package_without_a_row_is_found() {
        assertThat(PackageTable.parse(TABLE).faults(List.of("bytes", "sif", "util")))
                .containsExactly("util has no row");
    }

    @Test
    void a_row_without_a_package_is_found() {
        assertThat(PackageTable.parse(TABLE).faults(List.of("bytes"))).containsExactly("sif has a row, but no sources");
    }

    @Test
    void an_import_upwards_and_the_cycle_it_makes_are_found() {
        var upwards = PackageTable.parse(TABLE.replace("—", "`sif`"));
        assertThat(upwards.faults(List.of("bytes", "sif")))
                .containsExactly("bytes may import sif of a higher layer", "bytes is on a cycle", "sif is on a cycle");
    }

    @Test
    void an_import_that_the_row_does_not_allow_is_found() {
        var source = java("import dev.kerr.bytes.ByteRegion;\nimport dev.kerr.cli.Main;\n");
        assertThat(PackageTable.parse(TABLE).faults("sif", source))
                .containsExactly("Some.java uses cli, which sif may not import");
    }

    @Test
    void a_name_written_in_full_counts_as_an_import() {
        assertThat(PackageTable.uses(java("var region = new dev.kerr.bytes.ByteRegion();")))
                .containsExactly("bytes");
    }

    @Test
    void comments_and_literals_count_for_nothing() {
        var source = java("/// [dev.kerr.cli.Main]\n/* dev.kerr.sif.Sif */ var text = \"\\\"dev.kerr.oci.Manifest\";");
        assertThat(PackageTable.uses(source)).isEmpty();
    }

    @Test
    void a_document_without_the_table_is_refused() {
        assertThatIllegalArgumentException().isThrownBy(() -> PackageTable.parse("# Architecture\n"));
    }

    private static SourceText java(String text) {
        return new SourceText(Path.of("Some.java"), text);
    }
}
