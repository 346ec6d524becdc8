package dev.kerr.cli;

import dev.kerr.bytes.FormatException;
import dev.kerr.image.Image;
import dev.kerr.image.Images;
import dev.kerr.inspect.Aspect;
import dev.kerr.inspect.Inspection;
import dev.kerr.inspect.TreeFiles;
import dev.kerr.log.UserException;
import java.io.IOException;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// `inspect`.
final class InspectCommand {
    private final Session session;
    private final Invocation invocation;

    InspectCommand(Session session, Invocation invocation) {
        this.session = session;
        this.invocation = invocation;
    }

    int run() throws UsageException, UserException, IOException {
        if (invocation.operands().size() != 1) {
            throw new UsageException("inspect needs one image", Optional.of(Command.INSPECT));
        }
        try (Image image = Images.open(invocation.operands().getFirst())) {
            var files = new TreeFiles(image.tree());
            show(Inspection.of(image instanceof Image.Layered layered ? LayeredFiles.of(layered, files) : files));
        } catch (FormatException damaged) {
            throw Images.damaged(invocation.operands().getFirst(), damaged);
        }
        return ExitStatus.SUCCESS;
    }

    private void show(Inspection inspection) throws UserException {
        if (invocation.flag("list-apps")) {
            session.out().print(inspection.appNames());
            return;
        }
        if (invocation.flag("all")) {
            session.out().print(inspection.json());
            return;
        }
        Inspection chosen = chosen(inspection);
        session.out().print(invocation.flag("json") ? chosen.json() : chosen.text());
    }

    private Inspection chosen(Inspection inspection) throws UserException {
        var app = invocation.value("app");
        if (app.isEmpty()) {
            return inspection.only(aspects());
        }
        if (!inspection.apps().containsKey(app.get())) {
            throw new UserException("the image has no application " + app.get(), "--list-apps shows those it has");
        }
        return inspection.only(aspects(), app.get());
    }

    private Set<Aspect> aspects() {
        var aspects = EnumSet.noneOf(Aspect.class);
        for (Aspect aspect : Aspect.values()) {
            if (invocation.flag(aspect.name().toLowerCase(Locale.ROOT))) {
                aspects.add(aspect);
            }
        }
        return aspects.isEmpty() ? EnumSet.of(Aspect.LABELS) : aspects;
    }
}
