package dev.kerr.cli;

import dev.kerr.build.OciOverlay;
import dev.kerr.build.OverlayLayout;
import dev.kerr.build.OverlayLayout.Ids;
import dev.kerr.build.OverlayLayout.Space;
import dev.kerr.build.OverlayMaker;
import dev.kerr.config.ByteSize;
import dev.kerr.container.Host;
import dev.kerr.linux.Credentials;
import dev.kerr.log.UserException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// `overlay`.
final class OverlayCommand {
    private static final long MEBIBYTE = 1 << 20;
    private static final int MOST_DIGITS = 9;

    private final Session session;
    private final Invocation invocation;

    OverlayCommand(Session session, Invocation invocation) {
        this.session = session;
        this.invocation = invocation;
    }

    int run() throws UsageException, UserException, IOException {
        List<String> operands = invocation.operands();
        String verb = operands.isEmpty() ? "" : operands.getFirst();
        if (!List.of("create", "seal", "sync").contains(verb) || operands.size() != 2) {
            throw usage("overlay needs create, seal or sync, and the path of the image");
        }
        if (!verb.equals("create")) {
            change(verb, operands.get(1));
            return ExitStatus.SUCCESS;
        }
        var layout = new OverlayLayout(
                sizeBytes(),
                invocation.flag("sparse") ? Space.SPARSE : Space.ALLOCATED,
                OverlayLayout.directories(invocation.items("create-dir")),
                owner());
        maker().make(operands.get(1), layout);
        return ExitStatus.SUCCESS;
    }

    /// Changes the overlay of an OCI-SIF.
    private void change(String verb, String image) throws UsageException, UserException {
        var overlay = new OciOverlay(PackOptions.of(invocation, session.config().packing()));
        if (verb.equals("seal")) {
            overlay.seal(image);
            session.log().info("Sealed the overlay of " + image);
        } else {
            boolean changed = overlay.sync(image);
            session.log().info(changed ? "Digest of the overlay updated" : "The overlay has not changed");
        }
    }

    private static UsageException usage(String message) {
        return new UsageException(message, Optional.of(Command.OVERLAY));
    }

    private long sizeBytes() throws UsageException, UserException {
        String text = invocation.value("size").orElse(Long.toString(OverlayLayout.LEAST_MEBIBYTES));
        OptionalLong bytes = ByteSize.parseMebibytes(text);
        if (bytes.isEmpty() || bytes.getAsLong() % MEBIBYTE != 0) {
            throw usage("--size " + text + ": not a number of MiB, nor a whole number of MiB such as 512M or 2G");
        }
        long mebibytes = bytes.getAsLong() / MEBIBYTE;
        if (mebibytes < OverlayLayout.LEAST_MEBIBYTES) {
            throw new UserException(
                    "an overlay of " + text + (isNumber(text) ? " MiB" : "") + " is too small",
                    "--size needs at least " + OverlayLayout.LEAST_MEBIBYTES + " MiB");
        }
        if (mebibytes > OverlayLayout.MOST_MEBIBYTES) {
            throw new UserException(
                    "an overlay of " + text + (isNumber(text) ? " MiB" : "") + " is too large",
                    "ext3 holds less than 16 TiB");
        }
        return bytes.getAsLong();
    }

    private static boolean isNumber(String text) {
        return !text.isEmpty()
                && text.length() <= MOST_DIGITS
                && text.chars().allMatch(digit -> digit >= '0' && digit <= '9');
    }

    /// Containers with `--fakeroot` see their user as root, and so must the overlay.
    private Ids owner() throws IOException {
        var caller = Credentials.current();
        return invocation.flag("fakeroot") ? Ids.ROOT : new Ids(caller.uid(), caller.gid());
    }

    private OverlayMaker maker() throws UserException {
        return new OverlayMaker(
                program("mkfs.ext3"), program("debugfs"), session.directories().temporary(), session.clock());
    }

    private String program(String name) throws UserException {
        var config = session.config();
        return Host.program(config, name)
                .orElseThrow(() -> new UserException(
                        name + " is not installed in " + String.join(":", config.programs()),
                        "install the package e2fsprogs"));
    }
}
