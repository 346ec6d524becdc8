package dev.kerr.cli;

import dev.kerr.config.ConfigEditor;
import dev.kerr.config.Directive;
import dev.kerr.linux.Credentials;
import dev.kerr.log.Reason;
import dev.kerr.log.UserException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// `config global`: prints or changes a directive of the site's configuration.
final class ConfigCommand {
    private static final List<String> ACTS = List.of("set", "unset", "get", "reset");

    private final Session session;
    private final Invocation invocation;

    ConfigCommand(Session session, Invocation invocation) {
        this.session = session;
        this.invocation = invocation;
    }

    int run() throws UsageException, UserException, IOException {
        if (invocation.verb().equals("fakeroot")) {
            return new FakerootConfig(invocation).run();
        }
        List<String> operands = invocation.operands();
        String act = act();
        if (operands.size() < 2) {
            throw usage("config global --" + act + " needs a directive");
        }
        var directive = ConfigEditor.directive(operands.get(1));
        List<String> values = operands.subList(2, operands.size());
        if (act.equals("set") == values.isEmpty() && !act.equals("unset")) {
            throw usage("config global --" + act + (values.isEmpty() ? " needs a value" : " takes no value"));
        }
        try {
            perform(act, directive, values);
        } catch (IOException failed) {
            throw new UserException(
                    "cannot change the configuration " + session.configuration() + ": " + Reason.of(failed));
        }
        return ExitStatus.SUCCESS;
    }

    private String act() throws UsageException {
        String found =
                invocation.oneOf(ACTS).orElseThrow(() -> usage("config global needs --set, --unset, --get or --reset"));
        if (found.equals("get") && invocation.flag("dry-run")) {
            throw usage("--get changes nothing, with --dry-run or without");
        }
        return found;
    }

    private void perform(String act, Directive directive, List<String> values) throws IOException, UserException {
        var editor = ConfigEditor.open(session.configuration());
        if (act.equals("get")) {
            session.out().println(String.join(",", editor.values(directive)));
            return;
        }
        if (!invocation.flag("dry-run") && Credentials.current().uid() != 0) {
            throw new UserException(
                    "only root may change the configuration " + session.configuration(),
                    "--dry-run shows the change, --config names a file of your own for a launch");
        }
        switch (act) {
            case "set" -> editor.set(directive, values);
            case "unset" -> editor.unset(directive, values);
            default -> editor.reset(directive);
        }
        if (invocation.flag("dry-run")) {
            session.out().print(editor.checkedText());
            return;
        }
        editor.save();
        if (!directive.reason().isEmpty()) {
            session.log().info(directive.text() + " has no effect: " + directive.reason());
        }
    }

    private static UsageException usage(String message) {
        return new UsageException(message, Optional.of(Command.CONFIG));
    }
}
