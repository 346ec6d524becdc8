package dev.kerr.registry;

import dev.kerr.config.Variables;
import dev.kerr.log.UserException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/// The proxies that the caller's variables name, in capitals or not: `http_proxy`, `https_proxy`, and in `no_proxy` the
/// hosts that are reached without. The host itself is reached without in any case.
///
/// **Source:** golang.org/x/net `http/httpproxy`, which the peers use.
public final class Proxies {
    private final Optional<Proxy> http;
    private final Optional<Proxy> https;
    private final NoProxy exceptions;

    /// @param authorization for the header `Proxy-Authorization`; empty if the proxy wants no login
    record Proxy(String host, int port, String authorization) {
        Proxy {
            Objects.requireNonNull(host);
            Objects.requireNonNull(authorization);
        }

        @Override
        public String toString() {
            return host + ":" + port;
        }
    }

    private Proxies(Optional<Proxy> http, Optional<Proxy> https, NoProxy exceptions) {
        this.http = http;
        this.https = https;
        this.exceptions = exceptions;
    }

    /// No proxy at all.
    public static Proxies none() {
        return new Proxies(Optional.empty(), Optional.empty(), NoProxy.parse(""));
    }

    /// @throws UserException if a variable names no proxy that can be used
    public static Proxies of(Variables variables) throws UserException {
        return new Proxies(
                proxy(variables, "http_proxy"),
                proxy(variables, "https_proxy"),
                NoProxy.parse(either(variables, "no_proxy").orElse("")));
    }

    /// The proxy through which a host is reached.
    Optional<Proxy> proxy(URI uri) {
        Origin origin = Origin.of(uri);
        return exceptions.holds(origin) ? Optional.empty() : origin.isPlain() ? http : https;
    }

    private static Optional<String> either(Variables variables, String name) {
        return variables
                .value(name.toUpperCase(Locale.ROOT))
                .or(() -> variables.value(name))
                .map(String::strip);
    }

    private static Optional<Proxy> proxy(Variables variables, String name) throws UserException {
        Optional<String> value = either(variables, name);
        if (value.isEmpty()) {
            return Optional.empty();
        }
        try {
            URI uri = new URI(value.get().contains("://") ? value.get() : "http://" + value.get());
            if (!"http".equalsIgnoreCase(uri.getScheme()) || uri.getHost() == null) {
                throw unusable(name);
            }
            String user = uri.getUserInfo();
            String login = user == null
                    ? ""
                    : "Basic " + Base64.getEncoder().encodeToString(user.getBytes(StandardCharsets.UTF_8));
            return Optional.of(new Proxy(uri.getHost(), uri.getPort() < 0 ? 80 : uri.getPort(), login));
        } catch (URISyntaxException e) {
            throw unusable(name);
        }
    }

    /// The value is not repeated: it may have a password.
    private static UserException unusable(String name) {
        return new UserException(
                "cannot use the proxy that the variable " + name + " names",
                "it must be http://[USER:PASSWORD@]HOST:PORT");
    }
}
