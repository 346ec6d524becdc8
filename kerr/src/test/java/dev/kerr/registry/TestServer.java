package dev.kerr.registry;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ServerSocketFactory;

/// A server on this machine that answers just as a test says, byte by byte if need be, and records what it is asked.
/// Each connection serves one request.
final class TestServer implements AutoCloseable {
    /// @param target path and query, or a whole address if the client takes us for a proxy
    /// @param headers by their names in lower case
    record Request(String method, String target, Map<String, String> headers, byte[] body) {
        String header(String name) {
            return headers.getOrDefault(name.toLowerCase(Locale.ROOT), "");
        }

        String query() {
            return target.contains("?") ? target.substring(target.indexOf('?') + 1) : "";
        }
    }

    interface Behaviour {
        void answer(Request request, Answer answer) throws IOException;
    }

    /// The way back to the client.
    record Answer(OutputStream out) {
        /// A whole response.
        ///
        /// @param headers lines such as `Content-Type: text/plain`
        void send(int status, byte[] body, String... headers) throws IOException {
            head(status, List.of(headers), "Content-Length: " + body.length);
            out.write(body);
        }

        void send(int status, String body, String... headers) throws IOException {
            send(status, body.getBytes(StandardCharsets.UTF_8), headers);
        }

        /// The head alone; the body is the test's affair, and ends when the connection does.
        void head(int status, List<String> headers, String... more) throws IOException {
            var head = new StringBuilder("HTTP/1.1 " + status + " Status\r\nConnection: close\r\n");
            headers.forEach(header -> head.append(header).append("\r\n"));
            List.of(more).forEach(header -> head.append(header).append("\r\n"));
            raw(head + "\r\n");
        }

        /// Lets the client wait.
        void pause(long millis) {
            try {
                Thread.sleep(millis);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        void raw(String text) throws IOException {
            out.write(text.getBytes(StandardCharsets.UTF_8));
            out.flush();
        }
    }

    private final ServerSocket socket;
    private final Map<String, Behaviour> routes = new ConcurrentHashMap<>();
    private final List<Request> requests = new CopyOnWriteArrayList<>();

    private TestServer(ServerSocket socket) {
        this.socket = socket;
    }

    static TestServer start() throws IOException {
        return start(ServerSocketFactory.getDefault());
    }

    static TestServer start(ServerSocketFactory sockets) throws IOException {
        var server = new TestServer(sockets.createServerSocket(0, 50, InetAddress.getLoopbackAddress()));
        Thread.startVirtualThread(server::accept);
        return server;
    }

    String host() {
        return "127.0.0.1:" + socket.getLocalPort();
    }

    /// What is answered to requests for a path, whatever their method; the path `*` stands for all others.
    void on(String path, Behaviour behaviour) {
        routes.put(path, behaviour);
    }

    List<Request> requests() {
        return List.copyOf(requests);
    }

    /// How often a path was asked for.
    long count(String path) {
        return requests.stream().filter(request -> path(request).equals(path)).count();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    private void accept() {
        while (!socket.isClosed()) {
            try {
                Socket connection = socket.accept();
                Thread.startVirtualThread(() -> serve(connection));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Socket connection) {
        try (connection) {
            var in = new BufferedInputStream(connection.getInputStream());
            String[] first = line(in).split(" ");
            if (first.length < 3) {
                return;
            }
            var headers = new TreeMap<String, String>();
            for (String line = line(in); !line.isEmpty(); line = line(in)) {
                int colon = line.indexOf(':');
                if (colon < 0) {
                    return;
                }
                headers.put(
                        line.substring(0, colon).toLowerCase(Locale.ROOT),
                        line.substring(colon + 1).strip());
            }
            byte[] body = in.readNBytes(Integer.parseInt(headers.getOrDefault("content-length", "0")));
            var request = new Request(first[0], first[1], headers, body);
            requests.add(request);
            Behaviour all = routes.getOrDefault("*", (asked, answer) -> answer.send(404, ""));
            routes.getOrDefault(path(request), all).answer(request, new Answer(connection.getOutputStream()));
            connection.getOutputStream().flush();
        } catch (IOException e) {
            // The client went away: many of our answers make it do so.
        }
    }

    private static String path(Request request) {
        int query = request.target().indexOf('?');
        return query < 0 ? request.target() : request.target().substring(0, query);
    }

    private static String line(InputStream in) throws IOException {
        var line = new StringBuilder();
        for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return line.toString();
    }
}
