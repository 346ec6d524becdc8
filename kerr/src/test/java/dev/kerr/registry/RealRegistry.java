package dev.kerr.registry;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// The registry that Debian ships as `docker-registry`, on this machine, for as long as a test lasts.
record RealRegistry(Process process, String host) implements AutoCloseable {
    /// The program, if it is installed.
    static Optional<Path> program() {
        return List.of(System.getenv().getOrDefault("PATH", "").split(":")).stream()
                .map(directory -> Path.of(directory, "docker-registry"))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /// @param directory for its files
    /// @param more lines of its configuration
    static RealRegistry start(Path directory, String more) throws Exception {
        int port = freePort();
        Path configuration = Files.writeString(
                directory.resolve("registry.yml"), """
                version: 0.1
                log: {level: error, accesslog: {disabled: true}}
                storage: {filesystem: {rootdirectory: %s}}
                http: {addr: "127.0.0.1:%d"%s}
                """.formatted(directory.resolve("storage"), port, more));
        Process process = new ProcessBuilder(program().orElseThrow().toString(), "serve", configuration.toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("registry.log").toFile())
                .start();
        var registry = new RealRegistry(process, "127.0.0.1:" + port);
        while (!isListening(port)) {
            if (process.waitFor(20, TimeUnit.MILLISECONDS)) {
                throw new IllegalStateException(Files.readString(directory.resolve("registry.log")));
            }
        }
        return registry;
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit().join();
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static boolean isListening(int port) {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }
}
