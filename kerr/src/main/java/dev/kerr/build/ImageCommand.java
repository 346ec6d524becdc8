package dev.kerr.build;

import static java.util.Objects.requireNonNull;

import dev.kerr.container.Bind;
import java.util.List;
import java.util.Map;

/// A command that a Dockerfile runs in the root file system of a stage.
///
/// @param environment all of it
/// @param directory where it starts, absolute
/// @param user as the Dockerfile names it: `USER`, `UID`, `USER:GROUP`; empty for root
/// @param binds what it sees of the host for its time
/// @param networked whether it has the host's network; else it has none
public record ImageCommand(
        List<String> argv,
        Map<String, String> environment,
        String directory,
        String user,
        List<Bind> binds,
        boolean networked) {
    public ImageCommand {
        argv = List.copyOf(argv);
        environment = Map.copyOf(environment);
        requireNonNull(directory);
        requireNonNull(user);
        binds = List.copyOf(binds);
    }
}
