package dev.kerr.registry;

import dev.kerr.log.Reason;
import dev.kerr.log.UserException;
import dev.kerr.registry.RegistryException.Problem;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.UnresolvedAddressException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLException;

/// Sends one request and gives its response, whatever it is: redirects, logins and retries are others' affair. It is
/// the one place where connections come from. Thread-safe.
final class Transport implements AutoCloseable {
    static {
        // The JDK keeps from proxies a login for tunnels unless this is empty, and looks at it once: before the first
        // client.
        System.setProperty("jdk.http.auth.tunneling.disabledSchemes", "");
    }

    /// The client of hosts without TLS, for which to read hundreds of certificates would be a waste.
    private static final String PLAIN = "http:";

    private final RegistrySettings.Network network;

    /// By host with port, where that has certificates of its own; all others with TLS share the client of the name "".
    private final Map<String, HttpClient> clients = new HashMap<>();

    Transport(RegistrySettings.Network network) {
        this.network = network;
    }

    /// @throws RegistryException if there is no response
    Response send(Outgoing outgoing) throws IOException {
        var taken = new AtomicLong();
        var request = HttpRequest.newBuilder(outgoing.uri())
                .method(outgoing.method(), outgoing.payload().publisher(taken));
        outgoing.headers().forEach(request::header);
        request.header("User-Agent", "kerr").header("Accept-Encoding", "identity");
        network.proxies()
                .proxy(outgoing.uri())
                .map(Proxies.Proxy::authorization)
                .filter(authorization -> !authorization.isEmpty())
                .ifPresent(authorization -> request.header("Proxy-Authorization", authorization));
        var response = client(outgoing)
                .sendAsync(
                        request.build(),
                        head -> new BodyStream(outgoing, network.timeouts().stall()));
        HttpResponse<BodyStream> answer = await(outgoing, response, taken);
        return new Response(outgoing, answer.statusCode(), answer.headers(), answer.body());
    }

    /// Breaks off what is still on the way.
    @Override
    public void close() {
        synchronized (clients) {
            clients.values().forEach(HttpClient::shutdownNow);
        }
    }

    private HttpClient client(Outgoing outgoing) throws RegistryException {
        URI uri = outgoing.uri();
        boolean isPlain = uri.getScheme().equalsIgnoreCase("http");
        String key = isPlain ? PLAIN : network.trust().isSpecial(host(outgoing)) ? host(outgoing) : "";
        synchronized (clients) {
            HttpClient known = clients.get(key);
            if (known != null) {
                return known;
            }
            HttpClient made = newClient(outgoing, key);
            clients.put(key, made);
            return made;
        }
    }

    private HttpClient newClient(Outgoing outgoing, String key) throws RegistryException {
        try {
            return HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1) // a connection a layer: their windows do not share one
                    .followRedirects(HttpClient.Redirect.NEVER)
                    .connectTimeout(network.timeouts().connect())
                    .proxy(new Selector(network.proxies()))
                    .sslContext(
                            key.equals(PLAIN)
                                    ? Trust.inNobody()
                                    : network.trust().context(key))
                    .build();
        } catch (UserException e) {
            throw outgoing.fault(Problem.UNTRUSTED, String.valueOf(e.getMessage()), e.hint());
        }
    }

    /// Waits for the head of the response, and longer as long as bytes are taken to be sent.
    private <T> T await(Outgoing outgoing, CompletableFuture<T> response, AtomicLong taken) throws IOException {
        Duration patience = outgoing.patience(network.timeouts().stall());
        long before;
        do {
            before = taken.get();
            Optional<T> head = await(outgoing, response, patience);
            if (head.isPresent()) {
                return head.get();
            }
        } while (taken.get() > before);
        response.cancel(true);
        throw outgoing.fault(Problem.BROKEN, host(outgoing) + " did not answer for " + BodyStream.words(patience), "");
    }

    private static <T> Optional<T> await(Outgoing outgoing, CompletableFuture<T> response, Duration patience)
            throws IOException {
        try {
            return Optional.of(response.get(patience.toNanos(), TimeUnit.NANOSECONDS));
        } catch (TimeoutException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            response.cancel(true);
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UncheckedIOException local) {
                throw local.getCause(); // of the content that was to be sent
            }
            throw failure(outgoing, e.getCause() == null ? e : e.getCause());
        }
    }

    /// What a failure of the connection means.
    static RegistryException failure(Outgoing outgoing, Throwable cause) {
        return switch (cause) {
            case HttpConnectTimeoutException late ->
                unreachable(outgoing, "it does not answer", "a firewall may drop the packets, or a proxy be needed");
            case ConnectException refused
            when find(refused, UnresolvedAddressException.class) ->
                unreachable(outgoing, "there is no host of this name", "check the spelling");
            case ConnectException refused ->
                unreachable(
                        outgoing, refused.getMessage() == null ? "the connection is refused" : Reason.of(refused), "");
            case SSLException untrusted -> untrusted(outgoing, untrusted);
            // What the JDK says of it repeats the server's bytes.
            case ProtocolException wrong -> noHttp(outgoing);
            // A length that is no number, for one, the JDK takes for a fault of ours.
            case RuntimeException wrong -> noHttp(outgoing);
            case IOException broken ->
                outgoing.fault(
                        Problem.BROKEN, "the connection to " + host(outgoing) + " broke: " + Reason.of(broken), "");
            default -> throw new IllegalStateException("a request failed in a way that none can", cause);
        };
    }

    private static RegistryException noHttp(Outgoing outgoing) {
        return outgoing.fault(Problem.WRONG_ANSWER, host(outgoing) + " does not speak HTTP", "");
    }

    private static RegistryException unreachable(Outgoing outgoing, String reason, String hint) {
        return outgoing.fault(Problem.UNREACHABLE, "cannot reach " + host(outgoing) + ": " + reason, hint);
    }

    private static RegistryException untrusted(Outgoing outgoing, SSLException cause) {
        String host = host(outgoing);
        if (find(cause, CertificateExpiredException.class) || find(cause, CertificateNotYetValidException.class)) {
            return outgoing.fault(
                    Problem.UNTRUSTED, "the certificate of " + host + " is not valid now", "check this host's clock");
        }
        if (find(cause, CertPathBuilderException.class)) {
            return outgoing.fault(
                    Problem.UNTRUSTED,
                    "the certificate of " + host + " is of no authority that is trusted here",
                    "put its authority's into /etc/containers/certs.d/" + host + "/ca.crt");
        }
        if (find(cause, CertificateException.class)) {
            return outgoing.fault(Problem.UNTRUSTED, "the certificate of " + host + " is for another host", "");
        }
        return outgoing.fault(
                Problem.UNTRUSTED,
                host + " does not speak TLS: " + Reason.of(cause),
                "a registry without TLS needs --no-https");
    }

    private static boolean find(Throwable failure, Class<? extends Throwable> type) {
        for (Throwable at = failure; at != null; at = at.getCause()) {
            if (type.isInstance(at)) {
                return true;
            }
        }
        return false;
    }

    private static String host(Outgoing outgoing) {
        URI uri = outgoing.uri();
        return uri.getHost() + (uri.getPort() < 0 ? "" : ":" + uri.getPort());
    }

    /// Our proxies as the JDK asks for them.
    private static final class Selector extends ProxySelector {
        private final Proxies proxies;

        Selector(Proxies proxies) {
            this.proxies = proxies;
        }

        @Override
        public List<Proxy> select(URI uri) {
            return List.of(proxies.proxy(uri)
                    .map(proxy ->
                            new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved(proxy.host(), proxy.port())))
                    .orElse(Proxy.NO_PROXY));
        }

        @Override
        public void connectFailed(URI uri, SocketAddress address, IOException failure) {
            // There is no other proxy to turn to.
        }
    }
}
