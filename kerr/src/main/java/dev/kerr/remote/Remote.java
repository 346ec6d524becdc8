package dev.kerr.remote;

import dev.kerr.log.UserException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/// A server that tells where its services are: a library of images, keys, tokens.
///
/// @param uri its host, perhaps with a port and a path: `cloud.sylabs.io`
/// @param token that the user is known by; empty for none
/// @param system whether the site has it for all its users
/// @param exclusive whether the site wants no other to be used
/// @param insecure whether it is asked without TLS
/// @param keyServers in the order in which they are asked; empty for what the remote itself names
public record Remote(
        String uri, String token, boolean system, boolean exclusive, boolean insecure, List<KeyServer> keyServers) {
    public Remote {
        Objects.requireNonNull(uri);
        Objects.requireNonNull(token);
        keyServers = List.copyOf(keyServers);
    }

    /// A remote as somebody adds it.
    ///
    /// @param address a host, or an address of which only host and path count
    /// @throws UserException if it is none
    public static Remote of(String address, boolean system, boolean insecure) throws UserException {
        int slashes = address.indexOf("://");
        String uri = slashes < 0 ? address : address.substring(slashes + "://".length());
        while (uri.endsWith("/")) {
            uri = uri.substring(0, uri.length() - 1);
        }
        try {
            URI whole = new URI("https://" + uri);
            if (whole.getHost() != null && whole.getRawUserInfo() == null && whole.getRawQuery() == null) {
                return new Remote(uri, "", system, false, insecure, List.of());
            }
        } catch (URISyntaxException unreadable) {
            // the message below serves both
        }
        throw new UserException(address + " is no remote's address", "it is a host, such as cloud.example.org");
    }

    /// Where it is asked: `https://cloud.sylabs.io`.
    public String address() {
        return (insecure ? "http://" : "https://") + uri;
    }

    public Remote withToken(String value) {
        return new Remote(uri, value, system, exclusive, insecure, keyServers);
    }

    Remote exclusive(boolean value) {
        return new Remote(uri, token, system, value, insecure, keyServers);
    }

    Remote with(List<KeyServer> servers) {
        return new Remote(uri, token, system, exclusive, insecure, servers);
    }

    /// The site's remote with what the user has of it.
    Remote withUsers(Remote users) {
        return new Remote(uri, users.token, true, exclusive, insecure, keyServers);
    }

    /// With one more key server.
    ///
    /// @param named those it has now, with the ones that the remote names
    /// @param order from 1; 0 for the last
    /// @throws UserException if it has this one, or not so many
    public Remote addKeyServer(List<KeyServer> named, KeyServer added, int order) throws UserException {
        var servers = new ArrayList<>(named);
        KeyServer fresh = added;
        for (KeyServer server : named) {
            if (KeyServer.isSame(server.uri(), added.uri())) {
                if (!server.skip()) {
                    throw new UserException(added.uri() + " is already configured");
                }
                servers.remove(server);
                fresh = server.wanted(true);
            }
        }
        int places = (int) servers.stream().filter(server -> !server.skip()).count() + 1;
        if (order > places) {
            throw new UserException("--order " + order + " is out of range: the maximum is " + places);
        }
        servers.add(place(servers, order == 0 ? places : order), fresh);
        return with(servers);
    }

    /// Where the wanted server of an order is in a list that has unwanted ones too.
    private static int place(List<KeyServer> servers, int order) {
        int wanted = 0;
        for (int i = 0; i < servers.size(); i++) {
            if (!servers.get(i).skip() && ++wanted == order) {
                return i;
            }
        }
        return servers.size();
    }

    /// Without one of its key servers; one that the remote itself names is marked as unwanted.
    ///
    /// @param named those it has now, with the ones that the remote names
    /// @throws UserException if it has not this one, or no other
    public Remote removeKeyServer(List<KeyServer> named, String removed) throws UserException {
        var servers = new ArrayList<>(named);
        for (int i = 0; i < servers.size(); i++) {
            KeyServer server = servers.get(i);
            if (server.skip() || !KeyServer.isSame(server.uri(), removed)) {
                continue;
            }
            if (servers.stream().filter(each -> !each.skip()).count() == 1) {
                throw new UserException("the only key server, " + removed + ", cannot be removed");
            }
            servers.remove(i);
            if (!server.external()) {
                servers.add(i, server.wanted(false));
            }
            return with(servers);
        }
        throw new UserException("key server " + removed + " is not configured", "see `kerr keyserver list`");
    }

    @Override
    public String toString() {
        return "Remote[" + uri + "]";
    }
}
