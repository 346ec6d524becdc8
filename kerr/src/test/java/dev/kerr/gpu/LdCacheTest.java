package dev.kerr.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.kerr.bytes.FormatException;
import dev.kerr.bytes.LittleEndian;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LdCacheTest {
    private static final List<String> CUDA = List.of("libcuda.so", "libnvidia-ml.so");

    private final MadeCache made = new MadeCache()
            .add("libz.so.1", "/lib/libz.so.1", Machine.X86_64)
            .add("libnvidia-ml.so.1", "/lib/libnvidia-ml.so.1", Machine.X86_64)
            .add("libcuda.so.1", "/lib/v3/libcuda.so.1", Machine.X86_64.cacheFlags(), 1L << 62)
            .add("libcuda.so.1", "/lib/libcuda.so.1", Machine.X86_64)
            .add("libcuda.so.1", "/other/libcuda.so.1", Machine.X86_64)
            .add("libcuda.so.1", "/lib32/libcuda.so.1", Machine.I386)
            .add("libcuda.so.1", "/libx32/libcuda.so.1", 0x0803, 0)
            .add("libcuda.so.1", "/arm/libcuda.so.1", Machine.AARCH64)
            .add("libcuda.so", "/lib/libcuda.so", Machine.X86_64)
            .add("libcudart.so.12", "/lib/libcudart.so.12", Machine.X86_64);

    @TempDir
    Path directory;

    @Test
    void sonames_that_begin_with_a_name_are_found_once_and_for_one_machine() throws IOException {
        var cache = LdCache.of(made.bytes());
        assertThat(cache.beginningWith(CUDA, Machine.X86_64))
                .containsExactly(
                        new LdCache.Entry("libnvidia-ml.so.1", "/lib/libnvidia-ml.so.1"),
                        new LdCache.Entry("libcuda.so.1", "/lib/libcuda.so.1"),
                        new LdCache.Entry("libcuda.so", "/lib/libcuda.so"));
        assertThat(cache.beginningWith(CUDA, Machine.I386))
                .containsExactly(new LdCache.Entry("libcuda.so.1", "/lib32/libcuda.so.1"));
        assertThat(cache.beginningWith(CUDA, Machine.AARCH64))
                .containsExactly(new LdCache.Entry("libcuda.so.1", "/arm/libcuda.so.1"));
    }

    @Test
    void short_names_match_too_and_no_names_match_nothing() throws IOException {
        var cache = LdCache.of(made.bytes());
        assertThat(cache.beginningWith(List.of("libz"), Machine.X86_64)).hasSize(1);
        assertThat(cache.beginningWith(List.of("lib"), Machine.X86_64)).hasSize(5);
        assertThat(cache.beginningWith(List.of(), Machine.X86_64)).isEmpty();
    }

    @Test
    void entries_of_old_caches_in_front_are_passed_over() throws IOException {
        assertThat(LdCache.of(made.bytesBehindOldOnes()).beginningWith(CUDA, Machine.X86_64))
                .isEqualTo(LdCache.of(made.bytes()).beginningWith(CUDA, Machine.X86_64));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_cache_that_is_cut_short_anywhere_is_refused(boolean old) {
        byte[] whole = old ? made.bytesBehindOldOnes() : made.bytes();
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatExceptionOfType(FormatException.class)
                    .as("%d bytes", length)
                    .isThrownBy(() -> LdCache.of(cut));
        }
    }

    @Test
    void no_byte_however_wrong_leads_outside() {
        byte[] whole = made.bytesBehindOldOnes();
        for (int at = 0; at < whole.length; at++) {
            for (int value : new int[] {0, 1, 0x7f, 0x80, 0xff}) {
                byte[] bad = whole.clone();
                bad[at] = (byte) value;
                try {
                    LdCache.of(bad).beginningWith(CUDA, Machine.X86_64);
                } catch (FormatException refused) {
                    assertThat(refused.problem()).isNotEmpty();
                }
            }
        }
    }

    @Test
    void what_is_wrong_is_said() {
        refused("no glibc-ld.so.cache1.1", at -> at[0] = 'x');
        refused("not little-endian", at -> at[28] = 3);
        refused("cut short", at -> LittleEndian.put32(at, 20, 0x7fffffff));
        refused("cut short", at -> LittleEndian.put32(at, 20, -1));
        refused("bad extensions", at -> LittleEndian.put32(at, 32, 60));
        refused("bad extensions", at -> LittleEndian.put32(at, 32, -4));
        refused("lies outside", at -> LittleEndian.put32(at, 48 + 4, 1 << 20));
        refused("lies outside", at -> LittleEndian.put32(at, 48 + 24 + 8, -1));
    }

    @Test
    void names_that_would_lead_elsewhere_are_refused() {
        var slash = new MadeCache().add("libcuda.so/../x", "/lib/x", Machine.X86_64);
        assertThatExceptionOfType(FormatException.class)
                .isThrownBy(() -> LdCache.of(slash.bytes()).beginningWith(CUDA, Machine.X86_64))
                .withMessageContaining("has a slash");
        var relative = new MadeCache().add("libcuda.so", "lib/x", Machine.X86_64);
        assertThatExceptionOfType(FormatException.class)
                .isThrownBy(() -> LdCache.of(relative.bytes()).beginningWith(CUDA, Machine.X86_64))
                .withMessageContaining("is not absolute");
    }

    @Test
    void a_cache_of_the_real_ldconfig_is_read_as_ldconfig_reads_it() throws Exception {
        Path ldconfig = Path.of("/sbin/ldconfig");
        Assumptions.assumeTrue(Files.isExecutable(ldconfig), "there is no ldconfig");
        Assumptions.assumeTrue(System.getProperty("os.arch").equals("amd64"), "the flags expected are those of x86-64");
        Path libraries = Files.createDirectory(directory.resolve("libs"));
        for (String name : List.of("libcuda.so.1", "libcuda.so.545.23", "libnvidia-ml.so.1", "libother.so.2")) {
            Path source = directory.resolve("libs/" + name);
            Files.write(
                    source, new MadeElf(Machine.X86_64).needing("GLIBC_2.2.5").bytes());
        }
        Path configuration = Files.writeString(directory.resolve("ld.so.conf"), libraries + "\n");
        for (String format : List.of("new", "compat")) {
            Path file = directory.resolve(format + ".cache");
            run(ldconfig.toString(), "-X", "-c", format, "-C", file.toString(), "-f", configuration.toString());
            var expected = new ArrayList<LdCache.Entry>();
            for (String line :
                    run(ldconfig.toString(), "-p", "-C", file.toString()).split("\n")) {
                if (line.strip().startsWith("lib") && line.contains("(libc6,x86-64)")) {
                    String soname = line.strip().split(" ")[0];
                    if (expected.stream().noneMatch(entry -> entry.soname().equals(soname))) {
                        expected.add(new LdCache.Entry(soname, line.substring(line.indexOf("=> ") + 3)));
                    }
                }
            }
            var found = LdCache.of(Files.readAllBytes(file)).beginningWith(List.of("lib"), Machine.X86_64);
            assertThat(found).containsExactlyElementsOf(expected);
            assertThat(found).extracting(LdCache.Entry::soname).contains("libcuda.so.1", "libother.so.2");
        }
    }

    private static String run(String... words) throws IOException, InterruptedException {
        var process = new ProcessBuilder(words).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }

    private void refused(String problem, Damage damage) {
        byte[] bad = made.bytes();
        damage.to(bad);
        assertThatExceptionOfType(FormatException.class)
                .isThrownBy(() -> LdCache.of(bad).beginningWith(CUDA, Machine.X86_64))
                .withMessageContaining(problem);
    }

    private interface Damage {
        void to(byte[] cache);
    }
}
