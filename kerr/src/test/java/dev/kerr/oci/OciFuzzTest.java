package dev.kerr.oci;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.kerr.bytes.FormatException;
import dev.kerr.log.UserException;
import java.nio.charset.StandardCharsets;

/// Reads references and documents that a fuzzer makes.
class OciFuzzTest {
    @FuzzTest
    void any_text_is_a_reference_that_comes_back_or_refused(byte[] bytes) throws UserException {
        Reference reference;
        try {
            reference = Reference.parse(new String(bytes, StandardCharsets.UTF_8));
        } catch (UserException expected) {
            return;
        }
        assertThat(Reference.parse(reference.toString())).isEqualTo(reference);
        assertThat(reference.toString()).matches("[A-Za-z0-9./:@_\\[\\]-]+");
    }

    @FuzzTest
    void any_bytes_are_a_document_that_comes_back_or_refused(byte[] bytes) throws FormatException {
        Document document;
        try {
            document = Document.read(bytes, "");
        } catch (FormatException expected) {
            return;
        }
        assertThat(Document.read(document.encode(), document.mediaType())).isEqualTo(document);
    }

    @FuzzTest
    void any_bytes_are_a_configuration_that_comes_back_or_refused(byte[] bytes) throws FormatException {
        ImageConfig config;
        try {
            config = ImageConfig.read(bytes);
        } catch (FormatException expected) {
            return;
        }
        assertThat(ImageConfig.read(config.encode())).isEqualTo(config);
    }
}
