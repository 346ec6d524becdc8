package dev.kerr.deffile;

import dev.kerr.log.Spelling;
import dev.kerr.log.UserException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Understands a header as one of the bootstraps.
final class BootstrapReader {
    private final DefinitionSource source;
    private final Header header;

    BootstrapReader(DefinitionSource source, Header header) {
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
        return switch (agent) {
            case DEBOOTSTRAP ->
                new Bootstrap.Debootstrap(
                        header.value("mirrorurl").orElse(""), required("osversion", "OSVersion", entry), packages());
            case LOCALIMAGE -> localImage(entry);
            case SCRATCH -> new Bootstrap.Scratch();
            case DOCKER -> new Bootstrap.Elsewhere("docker://" + inRegistry(entry));
            case ORAS, SHUB -> new Bootstrap.Elsewhere(agent.word() + "://" + fromOf(entry));
            case LIBRARY -> new Bootstrap.Elsewhere("library://" + inLibrary(entry));
            case DOCKER_ARCHIVE, DOCKER_DAEMON, OCI, OCI_ARCHIVE ->
                new Bootstrap.Elsewhere(agent.word() + ":" + fromOf(entry));
            case YUM, DNF, ARCH, ZYPPER, BUSYBOX, BUILDKIT, DOCKERFILE ->
                throw source.error(
                        entry.line(),
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

    private String inLibrary(Header.Entry bootstrap) throws UserException {
        Optional<String> library = header.value("library");
        if (library.isEmpty()) {
            return fromOf(bootstrap);
        }
        String url = library.get();
        if (url.startsWith("http://")) {
            throw source.error(
                    bootstrap.line(),
                    "the library " + url + " would be reached without encryption",
                    "name it by https://, or fetch the image with 'kerr pull --no-https' and build from it");
        }
        String host = url.startsWith("https://") ? url.substring("https://".length()) : url;
        return host.replaceAll("/+$", "") + "/" + fromOf(bootstrap);
    }

    /// What `From:` says, without a transport before it.
    private String fromOf(Header.Entry bootstrap) throws UserException {
        refuseFingerprints();
        String from = required("from", "From", bootstrap);
        String transport = bootstrap.value().toLowerCase(Locale.ROOT) + "://";
        return from.startsWith(transport) ? from.substring(transport.length()) : from;
    }

    private Bootstrap localImage(Header.Entry entry) throws UserException {
        refuseFingerprints();
        return new Bootstrap.LocalImage(required("from", "From", entry));
    }

    private void refuseFingerprints() throws UserException {
        Optional<Header.Entry> fingerprints = header.entry("fingerprints");
        if (fingerprints.isPresent()) {
            throw source.error(
                    fingerprints.get().line(),
                    "Fingerprints cannot be checked yet in this version",
                    "check the image with 'kerr verify' and remove the line");
        }
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
                "unknown bootstrap agent '" + entry.value() + "'",
                Spelling.nearest(entry.value().toLowerCase(Locale.ROOT), words)
                        .map(word -> "did you mean '" + word + "'?")
                        .orElse("agents are " + BootstrapAgent.list()));
    }

    private String required(String keyword, String spelling, Header.Entry bootstrap) throws UserException {
        return header.value(keyword)
                .orElseThrow(() -> source.error(
                        bootstrap.line(),
                        "Bootstrap agent '" + bootstrap.value() + "' needs a header line '" + spelling + ": …'"));
    }

    private List<String> packages() {
        return header.value("include").stream()
                .flatMap(value -> Arrays.stream(value.split("[\\s,]+")))
                .filter(name -> !name.isEmpty())
                .toList();
    }

    private int firstLine() {
        return header.isEmpty() ? 1 : header.entries().getFirst().line();
    }
}
