package dev.kerr.oci;

import dev.kerr.log.UserException;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;

/// The name of an image in a registry, as Docker spells them: `busybox` is `docker.io/library/busybox:latest`.
///
/// **Source:** distribution/reference `reference.go` (the grammar) and `normalize.go` (what is left out).
///
/// @param tag empty only if there is a digest
/// @param digest if there is one, it decides and the tag is for people
public record Reference(Repository repository, Optional<String> tag, Optional<Digest> digest) {
    private static final String DOCKER_HUB = "docker.io";
    private static final int LONGEST = 1024;

    private static final Pattern TAG = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}");
    private static final Pattern IDENTIFIER = Pattern.compile("[a-f0-9]{64}");

    public Reference {
        Objects.requireNonNull(repository);
        if (tag.isEmpty() && digest.isEmpty()) {
            throw new IllegalArgumentException("a reference has a tag or a digest");
        }
        if (tag.isPresent() && !isTag(tag.get())) {
            throw new IllegalArgumentException("no tag: " + tag.get());
        }
    }

    /// Whether this is a tag.
    public static boolean isTag(String text) {
        return TAG.matcher(text).matches();
    }

    /// Reads a reference without a `docker://` in front of it; what is left out is filled in.
    ///
    /// @throws UserException if it does not follow the grammar, with the rule that it breaks
    public static Reference parse(String text) throws UserException {
        if (text.isEmpty() || text.length() > LONGEST) {
            throw new UserException("an image's name has 1 to " + LONGEST + " characters, not " + text.length());
        }
        int at = text.indexOf('@');
        String named = at < 0 ? text : text.substring(0, at);
        Optional<Digest> digest = Optional.empty();
        if (at >= 0) {
            digest = Digest.parse(text.substring(at + 1));
            if (digest.isEmpty()) {
                // What stands before the @ may be a user's name and password.
                throw fault("…" + text.substring(at), "what follows @ is no sha256 or sha512 digest");
            }
        }
        int colon = named.lastIndexOf(':');
        boolean isTagged = colon > named.lastIndexOf('/');
        Repository repository = repository(isTagged ? named.substring(0, colon) : named, text);
        if (isTagged) {
            String tag = named.substring(colon + 1);
            require(isTag(tag), text, "\"" + tag + "\" is no tag");
            return new Reference(repository, Optional.of(tag), digest);
        }
        return new Reference(repository, digest.isEmpty() ? Optional.of("latest") : Optional.empty(), digest);
    }

    /// The image with this digest in the same repository.
    public Reference at(Digest content) {
        return new Reference(repository, tag, Optional.of(content));
    }

    /// What the registry is asked for: the digest, or else the tag.
    public String identifier() {
        return digest.map(Digest::toString).or(() -> tag).orElseThrow();
    }

    /// With everything that was left out.
    @Override
    public String toString() {
        return repository
                + tag.map(t -> ":" + t).orElse("")
                + digest.map(d -> "@" + d).orElse("");
    }

    private static Repository repository(String name, String text) throws UserException {
        require(!IDENTIFIER.matcher(name).matches(), text, "64 hexadecimal digits are an image's id, not its name");
        int slash = name.indexOf('/');
        boolean namesHost = slash >= 0 && isHost(name.substring(0, slash));
        String host = namesHost ? name.substring(0, slash) : DOCKER_HUB;
        String path = namesHost ? name.substring(slash + 1) : name;
        if (host.equals("index." + DOCKER_HUB)) {
            host = DOCKER_HUB;
        }
        if (host.equals(DOCKER_HUB) && path.indexOf('/') < 0) {
            path = "library/" + path;
        }
        require(Repository.isHost(host), text, "\"" + host + "\" is no host, or its port is none");
        require(path.chars().noneMatch(c -> c >= 'A' && c <= 'Z'), text, "\"" + path + "\" must be in lower case");
        require(Repository.isPath(path), text, "\"" + path + "\" is no path of a repository");
        return new Repository(host, path);
    }

    /// A first component is a host if no repository could have it for a name.
    private static boolean isHost(String component) {
        return component.contains(".")
                || component.contains(":")
                || component.equals("localhost")
                || component.chars().anyMatch(c -> c >= 'A' && c <= 'Z');
    }

    private static void require(boolean holds, String text, String problem) throws UserException {
        if (!holds) {
            throw fault(text, problem);
        }
    }

    private static UserException fault(String text, String problem) {
        return new UserException(
                "cannot read the image's name " + text + ": " + problem, "a name is [HOST[:PORT]/]PATH[:TAG][@DIGEST]");
    }
}
