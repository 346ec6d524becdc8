package dev.kerr.cli;

import dev.kerr.container.Background;
import dev.kerr.container.Background.First;
import dev.kerr.container.Op;
import dev.kerr.instance.Instance;
import dev.kerr.instance.Instance.About;
import dev.kerr.instance.InstanceName;
import dev.kerr.instance.Instances;
import dev.kerr.linux.Account;
import dev.kerr.linux.Credentials;
import dev.kerr.log.Log;
import dev.kerr.log.StreamLog;
import dev.kerr.log.UserException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// `instance start` and `instance run`: what makes a launch an instance.
final class InstanceStart {
    private final Session session;
    private final Invocation invocation;

    InstanceStart(Session session, Invocation invocation) {
        this.session = session;
        this.invocation = invocation;
    }

    static boolean isOne(Invocation invocation) {
        return invocation.command() == Command.INSTANCE_START || invocation.command() == Command.INSTANCE_RUN;
    }

    /// The user's instances on this node.
    static Instances ofUser(Session session, Account account) throws IOException {
        return Instances.of(session.directories().user(), hostName(), account.name(), account.uid());
    }

    static String hostName() throws IOException {
        byte[] name = Files.readAllBytes(Path.of("/proc/sys/kernel/hostname"));
        return new String(name, StandardCharsets.UTF_8).strip();
    }

    /// That the launch stays in the background; empty if it does not.
    ///
    /// @throws UserException if it cannot, as where the name is taken
    Optional<Background> background(Account account) throws UserException, IOException {
        if (!isOne(invocation)) {
            return Optional.empty();
        }
        var name = InstanceName.of(invocation.operands().get(1));
        checkBoot();
        var instances = ofUser(session, account);
        if (instances.find(name).isPresent()) {
            throw new UserException("instance " + name + " already exists");
        }
        var logs = instances.logs(name);
        String pidFile = invocation
                .value("pid-file")
                .map(file -> Path.of(file).toAbsolutePath().toString())
                .orElse("");
        return Optional.of(new Background(
                name.text(),
                directories(instances),
                new Background.Files(instances.records().toString(), logs.out(), logs.error(), pidFile),
                session.log().level().compareTo(Log.Level.INFO) >= 0
                        ? StreamLog.infoLine("instance started successfully")
                        : "",
                first(),
                inside -> text(new About(name, account.name(), inside.image(), logs, encoded(inside)))));
    }

    private void checkBoot() throws UserException, IOException {
        if (invocation.flag("boot") && Credentials.current().uid() != 0) {
            throw new UserException("--boot requires root privileges");
        }
    }

    private List<String> directories(Instances instances) {
        var directories = new ArrayList<String>();
        directories.add(session.directories().user().toString());
        for (Path directory : instances.directories()) {
            directories.add(directory.toString());
        }
        return directories;
    }

    private First first() {
        if (invocation.flag("boot")) {
            return First.BOOT;
        }
        return invocation.flag("no-init") || invocation.flag("compat") ? First.PROGRAM : First.INIT;
    }

    private static Background.Text text(About about) {
        var template = Instance.template(about);
        return new Background.Text(template.before(), template.after());
    }

    private static Instance.Inside encoded(Background.Inside inside) {
        var entry = new ArrayList<List<String>>();
        for (Op op : inside.entry()) {
            var words = new ArrayList<String>();
            words.add(op.code().name());
            words.addAll(op.arguments());
            entry.add(words);
        }
        return new Instance.Inside(inside.home(), inside.binds(), inside.limited() ? Instance.LIMITED : "", entry);
    }
}
