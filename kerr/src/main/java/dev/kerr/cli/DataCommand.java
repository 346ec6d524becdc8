package dev.kerr.cli;

import dev.kerr.build.DataPackage;
import dev.kerr.log.UserException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// `data package`.
final class DataCommand {
    private final Session session;
    private final Invocation invocation;

    DataCommand(Session session, Invocation invocation) {
        this.session = session;
        this.invocation = invocation;
    }

    int run() throws UsageException, UserException {
        List<String> operands = invocation.operands();
        if (operands.size() != 3 || !operands.getFirst().equals("package")) {
            throw new UsageException(
                    "data needs package, a file or directory, and the data container to make",
                    Optional.of(Command.DATA));
        }
        var packing = PackOptions.of(invocation, session.config().packing());
        long latest = session.isReproducible() ? session.clock().instant().getEpochSecond() : Long.MAX_VALUE;
        new DataPackage(packing).write(Path.of(operands.get(1)), Path.of(operands.get(2)), latest);
        session.log().info("Data container complete: " + operands.get(2));
        return ExitStatus.SUCCESS;
    }
}
