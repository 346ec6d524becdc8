package dev.kerr.transport;

import dev.kerr.bytes.FormatException;
import dev.kerr.config.Variables;
import dev.kerr.json.JsonReader;
import dev.kerr.log.ProgressBar;
import dev.kerr.log.ProgressStream;
import dev.kerr.log.Reason;
import dev.kerr.log.StreamLog;
import dev.kerr.log.UserException;
import dev.kerr.oci.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;

/// A daemon that has images: Docker's, or Podman's, which speaks the same.
///
/// **Source:** Docker Engine API 1.41, `ImageInspect` and `ImageGet`; docker(1), `DOCKER_HOST`.
///
/// @param address of its socket
/// @param name of it in messages
public record DockerDaemon(SocketAddress address, String name) {
    private static final int PLAIN_PORT = 2375;
    private static final int LONGEST_DOCUMENT = 4 << 20;
    private static final Pattern IMAGE =
            Pattern.compile("[a-zA-Z0-9]+(?:[._/:-]+[a-zA-Z0-9_]+)*(?:@sha256:[a-f0-9]{64})?");
    private static final Pattern ID = Pattern.compile("sha256:[a-f0-9]{64}");

    public DockerDaemon {
        Objects.requireNonNull(address);
        Objects.requireNonNull(name);
    }

    /// The daemon that is named, or else the one of this host.
    ///
    /// @param named as `DOCKER_HOST` has it: `unix:///var/run/docker.sock`, `tcp://host:2375`
    /// @throws UserException if there is none, or it is reached in a way that is not known
    public static DockerDaemon of(Optional<String> named, Variables variables) throws UserException {
        Optional<String> host = named.or(() -> variables.value("DOCKER_HOST"));
        return host.isPresent() ? of(host.get()) : usual(variables);
    }

    private static DockerDaemon of(String host) throws UserException {
        if (host.startsWith("unix://")) {
            return socket(Path.of(host.substring("unix://".length())));
        }
        try {
            URI uri = URI.create(host);
            boolean isPlain = "tcp".equals(uri.getScheme()) || "http".equals(uri.getScheme());
            if (isPlain && uri.getHost() != null) {
                int port = uri.getPort() < 0 ? PLAIN_PORT : uri.getPort();
                var address = new InetSocketAddress(uri.getHost(), port);
                if (address.isUnresolved()) {
                    throw new UserException("cannot reach Docker's daemon at " + host + ": there is no such host");
                }
                return new DockerDaemon(address, host);
            }
        } catch (IllegalArgumentException unreadable) {
            // the message below serves both
        }
        throw new UserException(
                "cannot reach Docker's daemon at " + host, "unix:///PATH and tcp://HOST:PORT without TLS are known");
    }

    private static DockerDaemon usual(Variables variables) throws UserException {
        var paths = new ArrayList<Path>();
        paths.add(Path.of("/var/run/docker.sock"));
        variables.value("XDG_RUNTIME_DIR").map(Path::of).ifPresent(directory -> {
            paths.add(directory.resolve("docker.sock"));
            paths.add(directory.resolve("podman/podman.sock"));
        });
        paths.add(Path.of("/run/podman/podman.sock"));
        for (Path path : paths) {
            if (Files.isWritable(path)) {
                return socket(path);
            }
        }
        throw new UserException(
                "there is no daemon of Docker or Podman that may be asked: " + List.copyOf(paths),
                "name its socket with --docker-host unix:///PATH, or start it: podman system service");
    }

    private static DockerDaemon socket(Path path) {
        return new DockerDaemon(UnixDomainSocketAddress.of(path), path.toString());
    }

    /// An image's name with all that is left out.
    ///
    /// @throws UserException if it is none
    static String imageName(String text) throws UserException {
        if (!IMAGE.matcher(text).matches()) {
            throw new UserException(
                    "docker-daemon:" + text + " names no image",
                    "as docker-daemon:NAME:TAG or docker-daemon:sha256:ID");
        }
        boolean isWhole = text.contains("@") || text.lastIndexOf(':') > text.lastIndexOf('/');
        return isWhole ? text : text + ":latest";
    }

    /// `name_tag`, for a file.
    static String fileName(String image) {
        String last = image.substring(image.lastIndexOf('/') + 1);
        int at = last.indexOf('@');
        String named = at < 0 ? last : last.substring(0, at);
        return ID.matcher(image).matches() ? image.substring("sha256:".length(), 19) : named.replace(':', '_');
    }

    /// What tells this image from all others.
    ///
    /// @throws UserException if there is none, or no daemon
    public Digest id(String image) throws UserException, IOException {
        try (HttpExchange answer = get(image, "/images/" + image + "/json")) {
            byte[] document = answer.body().readNBytes(LONGEST_DOCUMENT);
            String id = JsonReader.readObject(document).text("Id");
            return Digest.parse(id.contains(":") ? id : "sha256:" + id)
                    .orElseThrow(() -> new FormatException("its id is no digest", 0));
        } catch (FormatException malformed) {
            throw new UserException(
                    "cannot get docker-daemon:" + image + " from " + name + ": " + Reason.of(malformed));
        }
    }

    /// The image in an archive as `docker save` writes them, in a file that nobody else sees: it has no name.
    ///
    /// @throws UserException if there is none, or no daemon
    ArchiveFile export(String image, Path directory, Optional<ProgressBar> bar) throws UserException, IOException {
        Path file = Files.createTempFile(directory, "kerr-daemon-", ".tar");
        FileChannel channel;
        try {
            channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
        } finally {
            Files.delete(file);
        }
        boolean done = false;
        try (HttpExchange answer = get(image, "/images/" + image + "/get")) {
            OutputStream out = new ProgressStream(Channels.newOutputStream(channel), bar);
            answer.body().transferTo(out);
            out.flush();
            channel.position(0);
            ArchiveFile archive = ArchiveFile.of(channel);
            done = true;
            return archive;
        } catch (FormatException malformed) {
            throw new UserException(
                    "cannot get docker-daemon:" + image + " from " + name + ": " + Reason.of(malformed));
        } finally {
            if (!done) {
                channel.close();
            }
        }
    }

    private HttpExchange get(String image, String path) throws UserException, IOException {
        HttpExchange answer;
        try {
            answer = HttpExchange.get(address, path);
        } catch (FormatException noHttp) {
            throw new UserException("cannot get docker-daemon:" + image + ": " + name + " does not speak HTTP");
        } catch (IOException unreachable) {
            throw new UserException(
                    "cannot reach Docker's daemon at " + name + ": " + Reason.of(unreachable),
                    "does it run, and may you ask it?");
        }
        if (answer.status() == 200) {
            return answer;
        }
        try (answer) {
            throw new UserException(
                    "cannot get docker-daemon:" + image + ": " + name + " says " + said(answer),
                    answer.status() == 404 ? "see `docker images`, and name the tag" : "");
        }
    }

    private static String said(HttpExchange answer) throws IOException {
        InputStream body = answer.body();
        try {
            String words =
                    JsonReader.readObject(body.readNBytes(LONGEST_DOCUMENT)).textOrEmpty("message");
            return words.isEmpty() ? "status " + answer.status() : StreamLog.printable(words);
        } catch (FormatException noWords) {
            return "status " + answer.status();
        }
    }
}
