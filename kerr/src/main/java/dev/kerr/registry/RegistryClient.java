package dev.kerr.registry;

import dev.kerr.log.UserException;
import dev.kerr.oci.Descriptor;
import dev.kerr.oci.Digest;
import dev.kerr.oci.Index;
import dev.kerr.oci.Manifest;
import dev.kerr.oci.Platform;
import dev.kerr.oci.Reference;
import dev.kerr.oci.Repository;
import dev.kerr.registry.BlobStream.Begun;
import dev.kerr.registry.RegistryException.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/// Gets from registries, and puts into them. What is got is verified by its digest before anybody is told that it is
/// there; mirrors are asked first where the rules name some. Nothing is printed. Thread-safe.
///
/// **Source:** OCI distribution specification 1.1.
public final class RegistryClient implements AutoCloseable {
    /// An index may lead to another, but not for ever.
    private static final int MOST_INDEXES = 3;

    private static final int MOST_PLATFORMS_SHOWN = 20;

    private final RegistrySettings settings;
    private final Transport transport;
    private final Requester requester;

    public RegistryClient(RegistrySettings settings) {
        this.settings = Objects.requireNonNull(settings);
        RegistrySettings.Network network = settings.network();
        this.transport = new Transport(network);
        var retrier = new Retrier(transport, network);
        var authorizer = new Authorizer(settings.logins(), new TokenService(retrier, network.timeouts()));
        this.requester = new Requester(retrier, authorizer, network.timeouts());
    }

    /// Breaks off what is still on the way.
    @Override
    public void close() {
        transport.close();
    }

    /// Asks a registry whether it is one, and accepts the login.
    ///
    /// @param host as in a reference: `docker.io`
    /// @throws RegistryException if it is none, or does not
    public void check(String host) throws IOException {
        String purpose = "log in to " + host;
        Endpoint endpoint = settings.rules().registry(host);
        var request = Outgoing.get(purpose, URI.create(endpoint.root()), Map.of());
        requester
                .send(request, new Access(endpoint.repository(), endpoint.origin(), List.of()))
                .close();
    }

    /// A manifest or index.
    ///
    /// @throws RegistryException if there is none, or it is not what its digest says
    public ManifestContent manifest(Reference reference) throws IOException {
        var manifests = new Manifests(requester);
        String purpose = "get the manifest of " + reference;
        return from(sources(reference.repository(), purpose), source -> manifests.get(source, reference, purpose));
    }

    /// What a manifest or index is, without its content; empty if there is none.
    public Optional<Descriptor> find(Reference reference) throws IOException {
        var manifests = new Manifests(requester);
        String purpose = "look for " + reference;
        return from(sources(reference.repository(), purpose), source -> manifests.find(source, reference, purpose));
    }

    /// The manifest of an image for a platform; where there is no choice, of the only one.
    ///
    /// @throws RegistryException if there is none for the platform
    public ImageManifest image(Reference reference, Platform platform) throws IOException {
        ManifestContent content = manifest(reference);
        for (int indexes = 0; indexes <= MOST_INDEXES; indexes++) {
            switch (content.document()) {
                case Manifest manifest -> {
                    return new ImageManifest(content.reference(), manifest, content.bytes());
                }
                case Index index -> content = chosen(content.reference(), index, platform);
            }
        }
        throw fault("get the manifest of " + reference, Problem.WRONG_ANSWER, "its indexes lead on and on", "");
    }

    /// The content of a blob, to be read; the caller closes it.
    ///
    /// @throws RegistryException if there is no such blob
    public BlobStream blob(Repository repository, Descriptor descriptor) throws IOException {
        return blob(repository, descriptor, Begun.nothing(descriptor.digest().algorithm()));
    }

    private BlobStream blob(Repository repository, Descriptor descriptor, Begun begun) throws IOException {
        String purpose = "get " + descriptor.digest() + " of " + repository;
        return from(sources(repository, purpose), source -> blob(source, descriptor, purpose, begun));
    }

    /// Writes the content of a blob. If this does not return, what was written is worth nothing.
    ///
    /// @throws RegistryException if there is no such blob, or it is not what its digest says
    public void copy(Repository repository, Descriptor descriptor, OutputStream sink) throws IOException {
        try (BlobStream blob = blob(repository, descriptor)) {
            blob.transferTo(sink);
        }
    }

    /// Writes the rest of a blob. If this does not return, what was written is right so far as the registry is, and may
    /// be gone on with.
    ///
    /// @param begun the bytes of the blob that are there; fewer than all
    /// @throws RegistryException as above, also if these are not its first bytes
    public void copy(Repository repository, Descriptor descriptor, InputStream begun, OutputStream sink)
            throws IOException {
        try (BlobStream blob = blob(repository, descriptor, Begun.of(descriptor.digest(), begun))) {
            blob.transferTo(sink);
        }
    }

    /// Whether the registry itself, not a mirror, has a blob.
    public boolean has(Repository repository, Digest digest) throws IOException {
        String purpose = "look for " + digest + " in " + repository;
        Endpoint target = target(repository, purpose);
        var request = Outgoing.head(purpose, target.uri("blobs/" + digest), Map.of());
        Optional<Response> response = requester.find(request, Access.pull(target));
        response.ifPresent(Response::close);
        return response.isPresent();
    }

    /// Takes a blob over from another repository of the same registry.
    ///
    /// @return whether it is there now; if not, it must be uploaded
    public boolean mount(Repository repository, Descriptor descriptor, Repository from) throws IOException {
        String purpose = "put " + descriptor.digest() + " into " + repository;
        Endpoint target = target(repository, purpose);
        return new Upload(requester, target, descriptor, purpose).mount(from).isEmpty();
    }

    /// Puts a blob into a repository, in one piece.
    public void upload(Repository repository, Descriptor descriptor, BlobContent content) throws IOException {
        upload(repository, descriptor, upload -> upload.send(upload.start(), content));
    }

    /// Puts a blob into a repository in pieces, for registries behind proxies that let no large request pass.
    ///
    /// @param pieceBytes at least 1
    public void upload(Repository repository, Descriptor descriptor, BlobContent content, long pieceBytes)
            throws IOException {
        if (pieceBytes < 1) {
            throw new IllegalArgumentException("pieces of " + pieceBytes + " bytes");
        }
        upload(repository, descriptor, upload -> upload.send(upload.start(), content, pieceBytes));
    }

    /// Puts a manifest or index under the tag of a reference, or under its digest alone.
    ///
    /// @return the reference by digest
    /// @throws RegistryException if the registry refuses it: all that it names must be there before
    public Reference putManifest(Reference reference, String mediaType, byte[] bytes) throws IOException {
        String purpose = "put the manifest of " + reference;
        Endpoint target = target(reference.repository(), purpose);
        requester.retrier().again(() -> new Manifests(requester).put(target, reference, mediaType, bytes));
        return reference.at(Digest.ofContent(bytes));
    }

    /// The tags of a repository, in the registry's order.
    public List<String> tags(Repository repository) throws IOException {
        String purpose = "list the tags of " + repository;
        return new Listings(requester).tags(target(repository, purpose), purpose);
    }

    /// The manifests that say something about another: signatures, for example. Registries without this service have a
    /// tag in its place.
    public Index referrers(Repository repository, Digest subject) throws IOException {
        String purpose = "list what refers to " + subject + " in " + repository;
        return new Listings(requester).referrers(target(repository, purpose), subject, purpose);
    }

    private interface Get<T> {
        T from(Endpoint source) throws IOException;
    }

    private interface Send {
        void with(Upload upload) throws IOException;
    }

    /// What the first of the sources gives that gives it. The registry itself comes last, and its failure counts.
    private static <T> T from(List<Endpoint> sources, Get<T> get) throws IOException {
        for (Endpoint mirror : sources.subList(0, sources.size() - 1)) {
            try {
                return get.from(mirror);
            } catch (RegistryException e) {
                // Mirrors come and go; the registry has it.
            }
        }
        return get.from(sources.getLast());
    }

    private ManifestContent chosen(Reference reference, Index index, Platform platform) throws IOException {
        Optional<Descriptor> chosen = index.select(platform);
        if (chosen.isEmpty()) {
            String others = index.platforms().stream()
                    .limit(MOST_PLATFORMS_SHOWN)
                    .map(Platform::toString)
                    .collect(Collectors.joining(", "));
            throw fault(
                    "get the manifest of " + reference,
                    Problem.UNKNOWN,
                    "there is no image for " + platform + (others.isEmpty() ? "" : ", but for " + others),
                    "choose one with --arch");
        }
        ManifestContent content = manifest(reference.at(chosen.get().digest()));
        if (content.bytes().length != chosen.get().size()) {
            throw fault(
                    "get the manifest of " + reference,
                    Problem.WRONG_CONTENT,
                    "its size is not what the index says",
                    "");
        }
        return content;
    }

    private BlobStream blob(Endpoint source, Descriptor descriptor, String purpose, Begun begun) throws IOException {
        var request = Outgoing.get(purpose, source.uri("blobs/" + descriptor.digest()), Map.of());
        BlobStream.Opener opener =
                (from, end) -> requester.send(ranged(request, from, end, descriptor.size()), Access.pull(source));
        return BlobStream.open(
                request,
                descriptor,
                opener,
                requester.retrier(),
                begun,
                settings.network().parts());
    }

    private static Outgoing ranged(Outgoing request, long from, long end, long size) {
        if (from == 0 && end == size) {
            return request;
        }
        return request.with("Range", "bytes=" + from + "-" + (end == size ? "" : end - 1));
    }

    private void upload(Repository repository, Descriptor descriptor, Send send) throws IOException {
        String purpose = "put " + descriptor.digest() + " into " + repository;
        var upload = new Upload(requester, target(repository, purpose), descriptor, purpose);
        requester.retrier().again(() -> send.with(upload));
    }

    private List<Endpoint> sources(Repository repository, String purpose) throws RegistryException {
        try {
            return settings.rules().sources(repository);
        } catch (UserException e) {
            throw fault(purpose, Problem.REFUSED, String.valueOf(e.getMessage()), e.hint());
        }
    }

    private Endpoint target(Repository repository, String purpose) throws RegistryException {
        try {
            return settings.rules().target(repository);
        } catch (UserException e) {
            throw fault(purpose, Problem.REFUSED, String.valueOf(e.getMessage()), e.hint());
        }
    }

    private static RegistryException fault(String purpose, Problem problem, String reason, String hint) {
        return new RegistryException(problem, "cannot " + purpose + ": " + reason, hint, "");
    }
}
