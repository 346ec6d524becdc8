package dev.kerr.sif;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ArchitectureTest {
    @ParameterizedTest
    @EnumSource
    void an_architecture_is_found_by_its_code_and_its_go_name(Architecture architecture) {
        assertThat(Architecture.ofCode(architecture.code())).isEqualTo(architecture);
        assertThat(Architecture.ofGoName(architecture.goName())).isEqualTo(architecture);
        assertThat(architecture.code()).matches("[0-9]{2}");
    }

    @Test
    void names_of_java_are_understood() {
        assertThat(Architecture.ofJavaName("amd64")).isEqualTo(Architecture.AMD64);
        assertThat(Architecture.ofJavaName("x86_64")).isEqualTo(Architecture.AMD64);
        assertThat(Architecture.ofJavaName("aarch64")).isEqualTo(Architecture.ARM64);
        assertThat(Architecture.ofJavaName("i386")).isEqualTo(Architecture.X86);
        assertThat(Architecture.ofJavaName("loongarch64")).isEqualTo(Architecture.LOONG64);
        assertThat(Architecture.ofJavaName(System.getProperty("os.arch"))).isNotEqualTo(Architecture.UNKNOWN);
    }

    @Test
    void what_is_not_known_is_unknown() {
        assertThat(Architecture.ofCode("99")).isEqualTo(Architecture.UNKNOWN);
        assertThat(Architecture.ofCode("")).isEqualTo(Architecture.UNKNOWN);
        assertThat(Architecture.ofGoName("vax")).isEqualTo(Architecture.UNKNOWN);
        assertThat(Architecture.ofJavaName("")).isEqualTo(Architecture.UNKNOWN);
    }
}
