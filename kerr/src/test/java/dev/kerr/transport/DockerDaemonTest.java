package dev.kerr.transport;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.kerr.config.Variables;
import dev.kerr.log.UserException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Daemons that answer as a test says, byte by byte.
class DockerDaemonTest {
    @TempDir
    Path directory;

    private String body(String answer) throws IOException {
        try (HttpExchange exchange = HttpExchange.get(daemon(answer).address(), "/x")) {
            return new String(exchange.body().readAllBytes(), ISO_8859_1);
        }
    }

    /// A daemon that gives every request one answer.
    private DockerDaemon daemon(String answer) throws IOException {
        Path path = directory.resolve("socket" + System.nanoTime());
        var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(path));
        Thread.startVirtualThread(() -> {
            try (server;
                    var connection = server.accept()) {
                connection.read(ByteBuffer.allocate(1000));
                connection.write(ByteBuffer.wrap(answer.getBytes(ISO_8859_1)));
            } catch (IOException gone) {
                return; // the client went away
            }
        });
        return new DockerDaemon(UnixDomainSocketAddress.of(path), "the socket");
    }

    @Test
    void bodies_end_as_they_say() throws Exception {
        assertThat(body("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcdef")).isEqualTo("abc");
        assertThat(body("HTTP/1.0 200 OK\r\n\r\nabc")).isEqualTo("abc");
        String chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
        assertThat(body(chunked + "2\r\nab\r\n1;x=y\r\nc\r\n0\r\nA: b\r\n\r\n")).isEqualTo("abc");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "HTTP/1.1 200",
                "HTTP/2 200 OK\r\n\r\n",
                "HTTP/1.1 abc OK\r\n\r\n",
                "HTTP/1.1 200 OK\r\nno head\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc",
                "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nabc",
                "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\nabc",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nabc",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-2\r\nab\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\nab\r\n"
            })
    void answers_that_are_none_are_errors(String answer) {
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> body(answer));
    }

    @Test
    void endless_heads_end() {
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> body("HTTP/1.1 200 " + "x".repeat(10_000)));
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> {
            var head = new StringBuilder("HTTP/1.1 200 OK\r\n");
            for (int i = 0; i < 200; i++) {
                head.append("A").append(i).append(": b\r\n");
            }
            body(head.toString());
        });
    }

    @Test
    void what_the_daemon_says_is_said() throws Exception {
        DockerDaemon daemon =
                daemon("HTTP/1.1 404 Not Found\r\nContent-Length: 28\r\n\r\n{\"message\":\"No such image\"}  ");
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> daemon.id("x:1"))
                .withMessageContaining("the socket says No such image");
        String id = "a".repeat(64);
        assertThat(daemon("HTTP/1.0 200 OK\r\n\r\n{\"Id\":\"sha256:" + id + "\"}")
                        .id("x:1")
                        .hex())
                .isEqualTo(id);
        assertThat(daemon("HTTP/1.0 200 OK\r\n\r\n{\"Id\":\"" + id + "\"}")
                        .id("x:1")
                        .hex())
                .isEqualTo(id);
        DockerDaemon lying = daemon("HTTP/1.0 200 OK\r\n\r\n{\"Id\":\"../x\"}");
        assertThatExceptionOfType(UserException.class).isThrownBy(() -> lying.id("x:1"));
    }

    @Test
    void an_archive_that_is_none_leaves_no_file() throws Exception {
        Path files = Files.createDirectory(directory.resolve("files"));
        DockerDaemon daemon = daemon("HTTP/1.0 200 OK\r\n\r\n" + "x".repeat(2000));
        assertThatExceptionOfType(UserException.class).isThrownBy(() -> daemon.export("x:1", files, Optional.empty()));
        assertThat(files).isEmptyDirectory();
    }

    @Test
    void daemons_are_found_by_their_addresses() throws Exception {
        var none = new Variables(Map.of());
        assertThat(DockerDaemon.of(Optional.of("unix:///a/b"), none).name()).isEqualTo("/a/b");
        assertThat(DockerDaemon.of(Optional.of("tcp://127.0.0.1"), none)
                        .address()
                        .toString())
                .endsWith("127.0.0.1:2375");
        var named = new Variables(Map.of("DOCKER_HOST", "unix:///c"));
        assertThat(DockerDaemon.of(Optional.empty(), named).name()).isEqualTo("/c");
        for (String odd : new String[] {"ssh://h", "https://h", "x y", "tcp://"}) {
            assertThatExceptionOfType(UserException.class).isThrownBy(() -> DockerDaemon.of(Optional.of(odd), none));
        }
    }
}
