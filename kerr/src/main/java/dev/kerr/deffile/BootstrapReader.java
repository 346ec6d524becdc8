package dev.kerr.deffile;

import dev.kerr.log.SourceText;
import dev.kerr.log.Spelling;
import dev.kerr.log.UserException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Understands a header as one of the bootstraps.
final class BootstrapReader {
    private static final Pattern RELEASE = Pattern.compile("%\\{OSVERSION}", Pattern.CASE_INSENSITIVE);

    private final SourceText source;
    private final Header header;

    BootstrapReader(SourceText source, Header header) {
        this.source = source;
        this.header = header;
    }

    Bootstrap read() throws UserException {
        Header.Entry entry = header.entry("bootstrap")
                .orElseThrow(() -> source.error(
                        firstLine(),
                        "the header has no Bootstrap line",
                        "begin with 'Bootstrap: AGENT'; agents are " + BootstrapAgent.list()));
        BootstrapAgent agent = agent(entry);
        List<String> fingerprints = fingerprints(agent);
        Bootstrap bootstrap = bootstrap(agent, entry);
        if (fingerprints.isEmpty()) {
            return bootstrap;
        }
        if (bootstrap instanceof Bootstrap.Image image) {
            return new Bootstrap.Signed(image, fingerprints);
        }
        throw new IllegalStateException(agent + " gives no image");
    }

    private Bootstrap bootstrap(BootstrapAgent agent, Header.Entry entry) throws UserException {
        return switch (agent) {
            case DEBOOTSTRAP ->
                new Bootstrap.Debootstrap(
                        header.value("mirrorurl").orElse(""), required("osversion", "OSVersion", entry), packages());
            case LOCALIMAGE -> new Bootstrap.LocalImage(required("from", "From", entry));
            case SCRATCH -> new Bootstrap.Scratch();
            case DOCKER -> new Bootstrap.Elsewhere("docker://" + inRegistry(entry));
            case ORAS, SHUB -> new Bootstrap.Elsewhere(agent.word() + "://" + fromOf(entry));
            case LIBRARY -> library(entry);
            case DOCKER_ARCHIVE, DOCKER_DAEMON, OCI, OCI_ARCHIVE ->
                new Bootstrap.Elsewhere(agent.word() + ":" + fromOf(entry));
            case YUM, DNF ->
                new Bootstrap.Dnf(
                        releasedUrl(required("mirrorurl", "MirrorURL", entry), "mirrorurl"),
                        releasedUrl(header.value("updateurl").orElse(""), "updateurl"),
                        release(),
                        packages(),
                        options());
            case ZYPPER -> zypper(entry);
            case ARCH -> new Bootstrap.Arch(header.value("confurl").orElse(""), packages());
            case BUSYBOX -> new Bootstrap.Busybox(releasedUrl(required("mirrorurl", "MirrorURL", entry), "mirrorurl"));
            case BUILDKIT, DOCKERFILE ->
                throw source.error(
                        entry.line(),
                        entry.column(),
                        "Bootstrap agent '" + agent.word() + "' is not yet available in this version",
                        "available are " + BootstrapAgent.list());
        };
    }

    /// A whole name, or one that the header says the beginning of elsewhere.
    private String inRegistry(Header.Entry bootstrap) throws UserException {
        String registry = header.value("registry").map(host -> host + "/").orElse("");
        String namespace = header.value("namespace").map(name -> name + "/").orElse("");
        return registry + namespace + fromOf(bootstrap);
    }

    private Bootstrap library(Header.Entry bootstrap) throws UserException {
        String url = header.value("library").orElse("");
        boolean isPlain = url.startsWith("http://");
        int scheme = url.indexOf("://");
        String host = (scheme < 0 ? url : url.substring(scheme + 3)).replaceAll("/+$", "");
        String source = "library://" + (host.isEmpty() ? "" : host + "/") + fromOf(bootstrap);
        return isPlain ? new Bootstrap.Unencrypted(source) : new Bootstrap.Elsewhere(source);
    }

    private Bootstrap zypper(Header.Entry bootstrap) throws UserException {
        Optional<Bootstrap.Registration> registration = registration();
        List<String> repositories = new ArrayList<>();
        if (registration.isEmpty() || header.value("mirrorurl").isPresent()) {
            repositories.add(releasedUrl(required("mirrorurl", "MirrorURL", bootstrap), "mirrorurl"));
        }
        if (header.value("updateurl").isPresent()) {
            repositories.add(releasedUrl(header.value("updateurl").get(), "updateurl"));
        }
        for (String keyword : otherUrls()) {
            repositories.add(releasedUrl(header.value(keyword).orElse(""), keyword));
        }
        return new Bootstrap.Zypper(repositories, release(), packages(), registration);
    }

    /// The keywords `otherurlN` that have a value, by their numbers.
    private List<String> otherUrls() {
        return header.values().keySet().stream()
                .filter(keyword ->
                        keyword.matches("otherurl\\d+") && header.value(keyword).isPresent())
                .sorted(Comparator.comparing(keyword -> new BigInteger(keyword.substring("otherurl".length()))))
                .toList();
    }

    private Optional<Bootstrap.Registration> registration() throws UserException {
        Optional<Header.Entry> product = header.entry("product");
        if (product.isEmpty()) {
            return Optional.empty();
        }
        for (String keyword : List.of("osversion", "regcode")) {
            if (header.value(keyword).isEmpty()) {
                String lacking = keyword.equals("regcode") ? "RegCode" : "OSVersion";
                throw source.error(
                        product.get().line(),
                        "a Product can be registered only with " + (lacking.equals("RegCode") ? "a " : "an ") + lacking,
                        "add a line '" + lacking + ": …'");
            }
        }
        return Optional.of(new Bootstrap.Registration(
                product.get().value(),
                header.value("user").orElse(""),
                header.value("regcode").orElse(""),
                header.value("registerurl").orElse(""),
                header.value("productpgp").orElse(""),
                words("modules")));
    }

    private String release() {
        return header.value("osversion").orElse("");
    }

    /// A URL with `OSVersion` where it says so.
    private String releasedUrl(String url, String keyword) throws UserException {
        Matcher places = RELEASE.matcher(url);
        if (!places.find()) {
            return url;
        }
        if (release().isEmpty()) {
            int line = header.entry(keyword).map(Header.Entry::line).orElse(1);
            throw source.errorAt(
                    line,
                    places.group(),
                    "the URL has %{OSVERSION} in it, and there is no OSVersion",
                    "add a line 'OSVersion: …'");
        }
        return places.replaceAll(Matcher.quoteReplacement(release()));
    }

    private List<String> options() {
        return header.value("setopt").stream()
                .flatMap(value -> Arrays.stream(value.split("\\s+")))
                .filter(option -> !option.isEmpty())
                .toList();
    }

    /// What `From:` says, without a transport before it.
    private String fromOf(Header.Entry bootstrap) throws UserException {
        String from = required("from", "From", bootstrap);
        String transport = bootstrap.value().toLowerCase(Locale.ROOT) + "://";
        return from.startsWith(transport) ? from.substring(transport.length()) : from;
    }

    /// Those that are to have signed the base; none unless the header names them. A line that names none is a mistake,
    /// as
    /// of an argument that was left empty: nobody who writes it means that nothing be checked.
    private List<String> fingerprints(BootstrapAgent agent) throws UserException {
        Optional<Header.Entry> entry = header.entry("fingerprints");
        if (entry.isEmpty()) {
            return List.of();
        }
        if (!agent.givesSif()) {
            throw source.error(
                    entry.get().line(),
                    "Fingerprints are for a SIF, which the agent '" + agent.word() + "' does not give",
                    "remove the line");
        }
        List<String> fingerprints = words("fingerprints");
        if (fingerprints.isEmpty()) {
            throw source.error(entry.get().line(), "Fingerprints names none", "name some, or remove the line");
        }
        for (String fingerprint : fingerprints) {
            if (!fingerprint.matches("[0-9a-fA-F]{40}")) {
                throw source.errorAt(
                        entry.get().line(),
                        fingerprint,
                        "'" + fingerprint + "' is no fingerprint of a key",
                        "one has 40 hexadecimal digits; several are separated by commas");
            }
        }
        return fingerprints;
    }

    private BootstrapAgent agent(Header.Entry entry) throws UserException {
        Optional<BootstrapAgent> agent = BootstrapAgent.of(entry.value());
        if (agent.isPresent()) {
            return agent.get();
        }
        if (entry.value().isEmpty()) {
            throw source.error(entry.line(), "Bootstrap names no agent", "agents are " + BootstrapAgent.list());
        }
        List<String> words =
                Arrays.stream(BootstrapAgent.values()).map(BootstrapAgent::word).toList();
        throw source.error(
                entry.line(),
                entry.column(),
                "unknown bootstrap agent '" + entry.value() + "'",
                Spelling.nearest(entry.value().toLowerCase(Locale.ROOT), words)
                        .map(word -> "did you mean '" + word + "'?")
                        .orElse("agents are " + BootstrapAgent.list()));
    }

    private String required(String keyword, String spelling, Header.Entry bootstrap) throws UserException {
        return header.value(keyword)
                .orElseThrow(() -> source.errorAt(
                        bootstrap.line(),
                        bootstrap.value(),
                        "Bootstrap agent '" + bootstrap.value() + "' needs a header line '" + spelling + ": …'",
                        ""));
    }

    private List<String> packages() {
        return words("include");
    }

    /// The words of a value, which blanks and commas separate.
    private List<String> words(String keyword) {
        return header.value(keyword).stream()
                .flatMap(value -> Arrays.stream(value.split("[\\s,]+")))
                .filter(name -> !name.isEmpty())
                .toList();
    }

    private int firstLine() {
        return header.isEmpty() ? 1 : header.entries().getFirst().line();
    }
}
