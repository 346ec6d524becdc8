package dev.kerr.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// A registry on this host with the one image of an OCI layout in it, for as long as [Training] pulls it.
final class TrainingRegistry implements AutoCloseable {
    private static final Pattern REQUEST = Pattern.compile("GET /v2/[^ ]*/(manifests|blobs)/([^ ]*) .*");
    private static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";

    private final Path blobs;
    private final ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());

    /// @param layout where the image is
    TrainingRegistry(Path layout) throws IOException {
        this.blobs = layout.resolve("blobs/sha256");
        Thread.ofPlatform().daemon().start(this::serve);
    }

    /// What to pull.
    String image() {
        return "docker://127.0.0.1:" + socket.getLocalPort() + "/training/image:1";
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    private void serve() {
        while (!socket.isClosed()) {
            try (Socket connection = socket.accept()) {
                answer(connection);
            } catch (IOException over) {
                // the client has gone, or the socket is closed
            }
        }
    }

    private void answer(Socket connection) throws IOException {
        var in = new BufferedReader(new InputStreamReader(connection.getInputStream(), StandardCharsets.ISO_8859_1));
        String first = in.readLine();
        for (String line = first; line != null && !line.isEmpty(); line = in.readLine()) {
            // the rest of the head says nothing that is of interest
        }
        Matcher request = REQUEST.matcher(first == null ? "" : first);
        if (!request.matches()) {
            return;
        }
        String name = request.group(2);
        byte[] body = Files.readAllBytes(name.startsWith("sha256:") ? blob(name) : manifest());
        OutputStream out = connection.getOutputStream();
        String head = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: " + MANIFEST + "\r\nContent-Length: "
                + body.length + "\r\n\r\n";
        out.write(head.getBytes(StandardCharsets.ISO_8859_1));
        out.write(body);
        out.flush();
    }

    private Path blob(String digest) {
        return blobs.resolve(digest.substring(digest.indexOf(':') + 1));
    }

    /// The blob that is one: the only one that names layers.
    private Path manifest() throws IOException {
        try (Stream<Path> all = Files.list(blobs)) {
            for (Path blob : all.toList()) {
                if (Files.size(blob) < 1 << 16
                        && new String(Files.readAllBytes(blob), StandardCharsets.ISO_8859_1).contains("\"layers\":[")) {
                    return blob;
                }
            }
        }
        throw new IOException("no manifest in " + blobs);
    }
}
