package dev.kerr.cli;

import dev.kerr.log.UserException;
import dev.kerr.registry.WebClient;
import dev.kerr.remote.Library;
import dev.kerr.remote.LibraryReference;
import dev.kerr.remote.Remote;
import dev.kerr.remote.Remotes;
import dev.kerr.remote.RemotesFile;
import dev.kerr.remote.Services;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// Which remotes this user has, and the library that is meant.
final class RemoteAccess {
    private static final String FILE = "remote.yaml";

    private final Session session;
    private final Invocation invocation;

    RemoteAccess(Session session, Invocation invocation) {
        this.session = session;
        this.invocation = invocation;
    }

    /// The files; those of Apptainer and Singularity are read as long as there is none of ours, and none is named.
    RemotesFile file() {
        Path site = Objects.requireNonNull(session.directories().configuration().getParent())
                .resolve(FILE);
        Optional<String> named = Options.named(invocation.options(), "config").flatMap(_ -> invocation.value("config"));
        if (named.isPresent()) {
            return new RemotesFile(Path.of(named.get()).toAbsolutePath(), List.of(), site);
        }
        var inherited = new ArrayList<Path>();
        if (session.variables().setting("CONFIGDIR").isEmpty()) {
            Path home = Path.of(session.variables().value("HOME").orElse("/"));
            inherited.add(home.resolve(".apptainer").resolve(FILE));
            inherited.add(home.resolve(".singularity").resolve(FILE));
        }
        return new RemotesFile(session.directories().user().resolve(FILE), inherited, site);
    }

    /// The library of an image: the one that is named, or else that of the remote in use. Only to the latter the user's
    /// token is shown.
    ///
    /// @throws UserException if two are named, or the site wants another
    Library library(WebClient web, LibraryReference reference) throws UserException, IOException {
        Remotes remotes = file().all();
        Optional<String> option = invocation.value("library");
        if (option.isPresent() && !reference.host().isEmpty()) {
            throw new UserException("--library and the host in " + reference + " are two libraries", "name one");
        }
        if (option.isEmpty() && reference.host().isEmpty()) {
            return inUse(web, remotes);
        }
        String scheme = invocation.flag("no-https") ? "http://" : "https://";
        String named = option.orElse(scheme + reference.host());
        String address = withoutSlash(named.contains("://") ? named : scheme + named);
        Remote current = remotes.remotes().get(remotes.active());
        if (current != null
                && current.exclusive()
                && !inUse(web, remotes).address().equalsIgnoreCase(address)) {
            throw new UserException("cannot use " + address + ": this site wants " + remotes.active() + " only");
        }
        return new Library(web, address, "");
    }

    /// The library that images are put into: that of the remote in use, which knows the user.
    ///
    /// @throws UserException if the reference or an option names another, or the user is not logged in
    Library libraryToPushTo(WebClient web, LibraryReference reference) throws UserException, IOException {
        Library library = inUse(web, file().all());
        Optional<String> option = invocation.value("library").map(RemoteAccess::withoutSlash);
        String host = library.address().substring(library.address().indexOf("://") + 3);
        if (option.isPresent() && !option.get().equalsIgnoreCase(library.address())
                || !reference.host().isEmpty() && !host.equals(reference.host())) {
            throw new UserException(
                    "cannot push to another library than that of the remote in use, " + library.address(),
                    "choose the remote: kerr remote use NAME");
        }
        if (library.token().isEmpty()) {
            throw new UserException("cannot push to " + library.address() + " without a login", "kerr remote login");
        }
        return library;
    }

    private static Library inUse(WebClient web, Remotes remotes) throws UserException, IOException {
        Remote remote = remotes.named(remotes.name(""));
        return new Library(web, Services.of(web, remote).address("library"), remote.token());
    }

    private static String withoutSlash(String address) {
        return address.endsWith("/") ? address.substring(0, address.length() - 1) : address;
    }
}
