package dev.kerr.cli;

import dev.kerr.config.Config;
import dev.kerr.container.ContainerSpec.Identity;
import dev.kerr.image.Image;
import dev.kerr.image.OciConfig;
import dev.kerr.image.PathResolver;
import dev.kerr.image.Volume;
import dev.kerr.log.UserException;
import dev.kerr.oci.ImageConfig.Execution;
import java.io.IOException;
import java.util.Optional;

/// `--oci`: a launch in which the image's OCI configuration says who runs, and where.
///
/// @param identity who the payload is
/// @param directory where it starts; empty where the host or the home decides
/// @param isMade whether that directory is to be made, as the image lacks it
record OciMode(Identity identity, Optional<String> directory, boolean isMade) {
    /// Whether a launch is one.
    static boolean isOn(Invocation invocation, Config config) {
        boolean wanted = invocation.flag("oci")
                || invocation.flag("docker")
                || config.always().oci();
        return wanted && !invocation.flag("no-oci");
    }

    /// The options with what `--oci` implies: `--compat`, unless that is not wanted.
    static Invocation effective(Invocation invocation, Config config) throws UserException {
        boolean isolated = !invocation.flag("no-compat");
        if (!isolated && invocation.flag("compat")) {
            throw new UserException("--compat and --no-compat contradict each other");
        }
        return isolated && isOn(invocation, config) ? invocation.with("compat") : invocation;
    }

    /// What the image says; a user who is to be root in the container is.
    ///
    /// @param invocation with what is implied
    /// @param caller who the payload is unless the image says
    static OciMode of(Image image, Invocation invocation, Config config, Identity caller) throws IOException {
        Optional<Execution> execution = isOn(invocation, config) ? OciConfig.execution(image) : Optional.empty();
        if (execution.isEmpty()) {
            return new OciMode(caller, Optional.empty(), false);
        }
        String user = execution.get().user();
        String directory = execution.get().workingDirectory();
        boolean isWanted = invocation.flag("compat") && directory.startsWith("/") && !invocation.isGiven("cwd", "pwd");
        return new OciMode(
                caller instanceof Identity.Caller && !user.isEmpty() ? new Identity.OfImage(user) : caller,
                isWanted ? Optional.of(directory) : Optional.empty(),
                isWanted && lacks(image, directory));
    }

    /// Whether an image surely has nothing at a path: what is in an ext3 layer is not known.
    private static boolean lacks(Image image, String path) throws IOException {
        boolean isKnown = !(image instanceof Image.Layered layered)
                || layered.upper().stream().noneMatch(Volume::isWritable);
        return isKnown && new PathResolver(image.tree()).resolve(path).node().isEmpty();
    }
}
