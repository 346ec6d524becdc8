package dev.kerr.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.kerr.integrity.KeySource;
import dev.kerr.integrity.Keyring;
import dev.kerr.log.UserException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SignedImagesTest {
    private static final String SIGNER = "fdaa816f89a67b1ab1038ec7283dd6590e8d58c6";
    private static final String OTHER = "5994BE54C31CF1B5E1994F987C52CF6D055F072B";

    @TempDir
    Path directory;

    private final RecordingLog log = new RecordingLog();
    private Path image = Path.of("");
    private KeySource keys = new Keyring(List.of());

    @BeforeEach
    void copyImage() throws IOException {
        image = resource("signed.sif");
        keys = new Keyring(List.of(resource("signed.pub.pgp")));
    }

    private Path resource(String name) throws IOException {
        try (InputStream in = SignedImagesTest.class.getResourceAsStream("/images/" + name)) {
            Files.copy(Objects.requireNonNull(in), directory.resolve(name));
        }
        return directory.resolve(name);
    }

    private FoundImage open(Path file, String... fingerprints) throws IOException, UserException {
        var host = new HostCommands(new RecordingRunner(), Map.of());
        try (BuildDirectory work = BuildDirectory.create(directory, host, log, false)) {
            return new SignedImages(work, keys, log).open(file, "base", List.of(fingerprints));
        }
    }

    private void assertRefused(String message, String hint, String... fingerprints) {
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> open(image, fingerprints))
                .satisfies(refused -> {
                    assertThat(refused.message()).isEqualTo(message);
                    assertThat(refused.hint()).contains(hint);
                });
    }

    @Test
    void what_is_used_is_a_copy_in_the_builds_own_directory() throws Exception {
        FoundImage found = open(image, SIGNER);
        assertThat(found.image()).asString().contains(directory + "/kerr-build-");
        assertThat(log.infos).contains("Checking the signatures of base");
    }

    @Test
    void what_was_made_of_another_content_is_not_taken_for_it() throws Exception {
        String content = open(image, SIGNER).content().orElseThrow();
        assertThat(content).contains("sha256:90f6e92e1c05f566");
        Path copy = Files.copy(image, directory.resolve("copy.sif"));
        assertThat(open(copy, SIGNER).content()).contains(content);
    }

    @Test
    void another_signer_is_named_with_the_image() {
        assertRefused(
                "cannot build from base: it is not signed by " + OTHER
                        + ", but by FDAA816F89A67B1AB1038EC7283DD6590E8D58C6",
                "",
                OTHER);
    }

    @Test
    void a_key_that_is_not_known_is_named_with_what_to_do() {
        keys = new Keyring(List.of());
        assertRefused(
                "cannot build from base: the public key FDAA816F89A67B1AB1038EC7283DD6590E8D58C6 is not known",
                "gpg --export",
                SIGNER);
    }

    @Test
    void a_key_that_cannot_be_looked_for_is_named_with_the_image() {
        keys = _ -> {
            throw new UserException("no keys today", "come back tomorrow");
        };
        assertRefused("cannot build from base: no keys today", "come back tomorrow", SIGNER);
    }

    @Test
    void a_file_that_is_cut_short_is_damaged() throws IOException {
        try (FileChannel channel = FileChannel.open(image, StandardOpenOption.WRITE)) {
            channel.truncate(40_000);
        }
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> open(image, SIGNER))
                .withMessageStartingWith("image base is damaged: truncated SIF");
    }

    @Test
    void what_is_no_sif_is_warned_about() throws Exception {
        Path box = Files.createDirectory(directory.resolve("box"));
        assertThat(open(box, OTHER).image()).isEqualTo(new BaseImage.Directory(box));
        assertThat(log.warnings)
                .containsExactly("base is no SIF file, so it has no signatures and its fingerprints are not checked");
    }
}
