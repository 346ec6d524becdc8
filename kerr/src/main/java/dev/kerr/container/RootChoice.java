package dev.kerr.container;

import dev.kerr.config.Config;
import dev.kerr.container.ContainerSpec.Identity;
import dev.kerr.linux.Lack;
import dev.kerr.linux.UserNamespaces;
import dev.kerr.log.Log;
import dev.kerr.log.UserException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/// How a caller without privilege is to be root in a container, and what better ways lack.
public record RootChoice(RootMapping mapping, List<Lack> lacks) {
    public RootChoice {
        Objects.requireNonNull(mapping);
        lacks = List.copyOf(lacks);
    }

    /// The best way on this host, of those that are not left out.
    ///
    /// @throws UserException if there is none, because users may have no user namespaces
    public static RootChoice of(Host host, Config config, List<RootMapping> leftOut) throws UserException, IOException {
        if (host.credentials().mayMount()) {
            return new RootChoice(RootMapping.SUB_IDS, List.of()); // needs none
        }
        SitePolicy.checkNamespaces(host.credentials(), config);
        for (Lack lack : new UserNamespaces(Path.of("/proc/sys")).forbidden()) {
            throw new UserException(lack.what(), lack.remedy());
        }
        var lacks = leftOut.contains(RootMapping.SUB_IDS) ? List.<Lack>of() : SubIdLacks.of(host, config);
        if (lacks.isEmpty() && !leftOut.contains(RootMapping.SUB_IDS)) {
            return new RootChoice(RootMapping.SUB_IDS, lacks);
        }
        boolean emulated = !leftOut.contains(RootMapping.EMULATED) && EmulatedRoot.isKnownOn(host);
        return new RootChoice(emulated ? RootMapping.EMULATED : RootMapping.SINGLE, lacks);
    }

    /// Who the payload then is.
    public Identity identity() {
        return new Identity.Fakeroot(mapping);
    }

    /// Tells the user which way it is, and if it is not the best one why.
    public void tell(Host host, Log log) throws IOException {
        if (host.credentials().mayMount()) {
            return;
        }
        for (Lack lack : lacks) {
            log.info(lack.what() + " (to mend it: " + lack.remedy() + ")");
        }
        switch (mapping) {
            case SUB_IDS -> {
                host.facilities()
                        .subIds()
                        .ifPresent(ids -> log.verbose("root in the container has the sub-ids "
                                + ids.users().text() + " for users, "
                                + ids.groups().text() + " for groups"));
                SubIdLacks.overlaps(host).forEach(lack -> log.warning(lack.what() + " (" + lack.remedy() + ")"));
            }
            case EMULATED ->
                log.info("root in the container has one id: changes of owner and the like report success"
                        + " and do nothing");
            case SINGLE -> log.info("root in the container has one id: changes of owner and the like fail");
        }
    }
}
