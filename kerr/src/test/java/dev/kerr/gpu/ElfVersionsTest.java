package dev.kerr.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.kerr.bytes.FormatException;
import dev.kerr.bytes.LittleEndian;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ElfVersionsTest {
    @TempDir
    Path directory;

    @ParameterizedTest
    @EnumSource(Machine.class)
    void the_newest_version_that_is_needed_counts_and_not_those_of_others(Machine machine) throws IOException {
        byte[] library = new MadeElf(machine)
                .needing("GLIBC_2.2.5", "GLIBC_2.34", "GLIBCXX_3.4.30", "GLIBC_2.4", "GLIBC_PRIVATE")
                .bytes();
        var versions = ElfVersions.of(ElfBytes.of(library));
        assertThat(versions.needed()).contains(new GlibcVersion(2, 34, 0));
        assertThat(versions.defined()).isEmpty();
        for (Machine other : Machine.values()) {
            assertThat(versions.isFor(other)).isEqualTo(other == machine);
        }
    }

    @ParameterizedTest
    @EnumSource(Machine.class)
    void the_newest_version_that_is_defined_is_that_of_glibc(Machine machine) throws IOException {
        byte[] libc = new MadeElf(machine)
                .defining("libc.so.6", "GLIBC_2.2.5", "GLIBC_2.9", "GLIBC_2.31", "GLIBC_PRIVATE")
                .bytes();
        var versions = ElfVersions.of(ElfBytes.of(libc));
        assertThat(versions.defined()).contains(new GlibcVersion(2, 31, 0));
        assertThat(versions.needed()).isEmpty();
    }

    @Test
    void a_library_with_relative_relocations_needs_the_glibc_that_knows_them() throws IOException {
        byte[] library = new MadeElf(Machine.X86_64)
                .needing("GLIBC_2.2.5", "GLIBC_ABI_DT_RELR")
                .bytes();
        assertThat(ElfVersions.of(ElfBytes.of(library)).needed()).contains(new GlibcVersion(2, 36, 0));
    }

    @Test
    void a_library_without_versions_needs_none() throws IOException {
        var versions = ElfVersions.of(ElfBytes.of(new MadeElf(Machine.X86_64).bytes()));
        assertThat(versions.needed()).isEmpty();
        assertThat(versions.defined()).isEmpty();
    }

    @Test
    void records_that_lie_far_apart_are_read_too() throws IOException {
        byte[] library = Arrays.copyOf(
                new MadeElf(Machine.X86_64).needing("GLIBC_2.4", "GLIBC_2.34").bytes(), 16 << 10);
        LittleEndian.put64(library, 64 + 32, library.length);
        int second = LittleEndian.i32(library, MadeElf.NEEDED + 12);
        System.arraycopy(library, MadeElf.NEEDED + second, library, MadeElf.NEEDED + 9000, 32);
        LittleEndian.put32(library, MadeElf.NEEDED + 12, 9000);
        assertThat(ElfVersions.of(ElfBytes.of(library)).needed()).contains(new GlibcVersion(2, 34, 0));
    }

    @Test
    void more_names_than_usual_are_read_too() throws IOException {
        String[] versions = new String[40];
        for (int i = 0; i < versions.length; i++) {
            versions[i] = "GLIBC_2." + (i + 1);
        }
        byte[] library = new MadeElf(Machine.X86_64).defining(versions).bytes();
        assertThat(ElfVersions.of(ElfBytes.of(library)).defined()).contains(new GlibcVersion(2, 40, 0));
    }

    @ParameterizedTest
    @CsvSource({
        "GLIBC_2.34, 2.34",
        "GLIBC_2.2.5, 2.2.5",
        "GLIBC_2, ''",
        "GLIBC_2.x, ''",
        "GLIBC_2., ''",
        "GLIBC_, ''",
        "GLIBC_2.1.2.3, ''",
        "GLIBC_.3, ''",
        "GLIBC_99999999999.1, ''",
        "GLIBC_PRIVATE, ''",
        "CXXABI_1.3, ''"
    })
    void names_of_versions_are_read(String name, String version) {
        assertThat(GlibcVersion.ofSymbolVersion(name)
                        .map(GlibcVersion::toString)
                        .orElse(""))
                .isEqualTo(version);
    }

    @Test
    void versions_are_compared_by_number() {
        assertThat(new GlibcVersion(2, 10, 0).isNewerThan(new GlibcVersion(2, 9, 3)))
                .isTrue();
        assertThat(new GlibcVersion(2, 2, 5).isNewerThan(new GlibcVersion(2, 2, 4)))
                .isTrue();
        assertThat(new GlibcVersion(2, 31, 0).isNewerThan(new GlibcVersion(2, 31, 0)))
                .isFalse();
        assertThat(new GlibcVersion(3, 0, 0).isNewerThan(new GlibcVersion(2, 99, 0)))
                .isTrue();
    }

    @ParameterizedTest
    @EnumSource(Machine.class)
    void a_library_that_is_cut_short_in_front_of_its_last_record_is_refused(Machine machine) {
        byte[] whole = new MadeElf(machine)
                .needing("GLIBC_2.2.5", "GLIBC_2.34")
                .defining("libx.so", "GLIBC_2.9")
                .bytes();
        for (int length = 0; length < MadeElf.DEFINED + 2 * 28; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatExceptionOfType(FormatException.class)
                    .as("%d bytes", length)
                    .isThrownBy(() -> ElfVersions.of(ElfBytes.of(cut)).defined());
        }
    }

    @Test
    void no_byte_however_wrong_leads_outside() throws IOException {
        byte[] whole = new MadeElf(Machine.X86_64)
                .needing("GLIBC_2.2.5", "GLIBC_2.34", "GLIBC_2.4")
                .defining("libx.so", "GLIBC_2.9")
                .bytes();
        for (int at = 0; at < MadeElf.DEFINED + 64; at++) {
            for (int value : new int[] {0, 1, 0x7f, 0x80, 0xff}) {
                byte[] bad = whole.clone();
                bad[at] = (byte) value;
                try {
                    var versions = ElfVersions.of(ElfBytes.of(bad));
                    versions.needed();
                    versions.defined();
                } catch (FormatException refused) {
                    assertThat(refused.problem()).isNotEmpty();
                }
            }
        }
    }

    @Test
    void what_is_wrong_is_said() {
        refused("no ELF file", at -> at[0] = 0);
        refused("unknown ELF class 7", at -> at[4] = 7);
        refused("not a little-endian ELF file", at -> at[5] = 2);
        refused("bad ELF program headers", at -> LittleEndian.put16(at, 56, 60_000));
        refused("bad size of the ELF dynamic section", at -> LittleEndian.put64(at, 64 + 56 + 32, 1 << 20));
        refused("lies in no segment", at -> LittleEndian.put64(at, 64 + 16, 0));
        refused("end early", at -> LittleEndian.put32(at, MadeElf.NEEDED + 12, 0));
        refused("far apart", at -> LittleEndian.put32(at, MadeElf.NEEDED + 12, 1 << 20));
        refused("lies outside its strings", at -> LittleEndian.put32(at, MadeElf.NEEDED + 24, 1 << 20));
        refused("more than 1024 ELF versions", at -> {
            LittleEndian.put16(at, MadeElf.NEEDED + 2, 0xffff);
            LittleEndian.put32(at, MadeElf.NEEDED + 28, 0);
        });
    }

    @Test
    void what_gcc_links_is_read_as_readelf_reads_it() throws Exception {
        Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin/gcc")), "there is no gcc");
        Path source = Files.writeString(
                directory.resolve("x.c"), "#include <stdlib.h>\nint f(void) { return getenv(\"A\") != 0; }\n");
        Path library = directory.resolve("libx.so");
        run("/usr/bin/gcc", "-shared", "-fPIC", "-o", library.toString(), source.toString());
        Optional<GlibcVersion> expected = Optional.empty();
        for (String word : run("readelf", "-V", library.toString()).split("\\s+")) {
            var version = GlibcVersion.ofSymbolVersion(word);
            if (version.isPresent() && (expected.isEmpty() || version.get().isNewerThan(expected.get()))) {
                expected = version;
            }
        }
        assertThat(expected).isPresent();
        try (var file = new RandomAccessFile(library.toFile(), "r")) {
            assertThat(ElfVersions.of(ElfBytes.of(file)).needed()).isEqualTo(expected);
        }
    }

    private static String run(String... words) throws IOException, InterruptedException {
        var process = new ProcessBuilder(words).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }

    private static void refused(String problem, Damage damage) {
        byte[] bad =
                new MadeElf(Machine.X86_64).needing("GLIBC_2.2.5", "GLIBC_2.34").bytes();
        damage.to(bad);
        assertThatExceptionOfType(FormatException.class)
                .isThrownBy(() -> ElfVersions.of(ElfBytes.of(bad)).needed())
                .withMessageContaining(problem);
    }

    private interface Damage {
        void to(byte[] library);
    }
}
