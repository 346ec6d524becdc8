package dev.kerr.cli;

import dev.kerr.build.TreeWork;
import dev.kerr.config.Directories;
import dev.kerr.config.Variables;
import dev.kerr.log.Log;
import dev.kerr.log.Reason;
import dev.kerr.log.StatusLine;
import dev.kerr.log.StreamLog;
import dev.kerr.log.UserException;
import dev.kerr.network.PluginRun;
import dev.kerr.starter.Worker;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Where the JVM starts: the one place that turns an outcome into output and an exit status.
///
/// The C program says in system properties where the installation is (`kerr.prefix`) and, for a launch, which
/// descriptor
/// the plan goes to (`kerr.plan`), or that this is a step of a build (`kerr.tree`).
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        var out = stream(FileDescriptor.out, false);
        var err = stream(FileDescriptor.err, true);
        int status;
        String cache = System.getProperty("kerr.train");
        if (cache != null) {
            status = Training.run(cache, Path.of(arguments[0]), out, err);
            out.flush();
            err.flush();
            if (status == ExitStatus.SUCCESS) {
                return; // only a JVM that ends by itself writes its cache
            }
        } else if (Boolean.getBoolean("kerr.tree")) {
            status = tree(List.of(arguments), err);
        } else if (arguments.length > 0 && arguments[0].equals(PluginRun.OPTION)) {
            status = network(List.of(arguments), err);
        } else {
            status = run(List.of(arguments), new Variables(System.getenv()), out, err);
        }
        out.flush();
        err.flush();
        Runtime.getRuntime().halt(status); // nothing of ours is left to close, and waiting for threads takes time
    }

    /// Takes steps of a build, which has told the C program so by `--tree`.
    ///
    /// @param arguments `--tree`, the heap, and the words of one step or none
    private static int tree(List<String> arguments, PrintStream err) {
        try (var replies = new FileOutputStream(FileDescriptor.out)) {
            if (arguments.size() > 2) {
                return TreeWork.run(arguments.subList(2, arguments.size()), err);
            }
            Worker.serve(System.in, replies, words -> TreeWork.run(words, err));
            return ExitStatus.SUCCESS;
        } catch (IOException unreported) {
            err.println("ERROR:   " + StreamLog.printable(reason(unreported)));
            return ExitStatus.FATAL;
        }
    }

    /// Makes or undoes the network of a launch, for the C program.
    private static int network(List<String> arguments, PrintStream err) {
        try {
            PluginRun.run(arguments);
            return ExitStatus.SUCCESS;
        } catch (UserException cannot) {
            err.println("FATAL:   " + StreamLog.printable(cannot.line()));
            return ExitStatus.FATAL;
        } catch (IOException failed) {
            err.println("FATAL:   " + StreamLog.printable(reason(failed)));
            return ExitStatus.FATAL;
        }
    }

    /// Runs one command line.
    static int run(List<String> words, Variables variables, PrintStream out, PrintStream err) {
        var line =
                new StatusLine(err, StatusLine.hasMany(variables.value("TERM").orElse("")));
        Log log = new StreamLog(line, Log.Level.INFO);
        try {
            var global = CommandLineParser.global(words);
            log = new StreamLog(line, level(global, variables));
            return dispatch(words, global, session(global, variables, out, log));
        } catch (UsageException wrong) {
            err.println("Error: " + StreamLog.printable(String.valueOf(wrong.getMessage())));
            err.print(wrong.command().map(Help::usage).orElse("Usage:\n  kerr [global options] <command> …\n"));
            err.println(
                    "Run `kerr help" + wrong.command().map(c -> " " + c.word()).orElse("") + "` for the options.");
            return ExitStatus.USAGE;
        } catch (UserException cannot) {
            log.fatal(cannot.line());
            return ExitStatus.FATAL;
        } catch (InvalidPathException unnameable) {
            log.fatal("the locale cannot express the path " + unnameable.getInput()
                    + " (hint: use a UTF-8 one: LC_ALL=C.UTF-8)");
            return ExitStatus.FATAL;
        } catch (IOException failed) {
            log.fatal(reason(failed));
            return ExitStatus.FATAL;
        }
    }

    private static String reason(IOException failure) {
        String reason = Reason.of(failure);
        return failure instanceof FileSystemException file ? file.getFile() + ": " + reason : reason;
    }

    private static int dispatch(List<String> words, CommandLineParser.GlobalOptions global, Session session)
            throws UsageException, UserException, IOException {
        if (global.flag("version")) {
            session.out().println("kerr version " + Version.TEXT);
            return ExitStatus.SUCCESS;
        }
        if (global.at() == words.size()) {
            session.out().print(Help.overview());
            return global.flag("help") ? ExitStatus.SUCCESS : ExitStatus.USAGE;
        }
        String word = words.get(global.at());
        int from = global.at() + 1;
        var command = Command.of(word);
        if (command.equals(Optional.of(Command.INSTANCE)) && from < words.size()) {
            var longer = Command.of(word + " " + words.get(from));
            from += longer.isPresent() ? 1 : 0;
            command = longer.or(() -> Optional.of(Command.INSTANCE));
        }
        if (command.isEmpty()) {
            if (Command.isNotYetAvailable(word)) {
                throw new UserException("command " + word + " is not yet available in this version");
            }
            throw new UsageException("unknown command " + word, Optional.empty());
        }
        var invocation = CommandLineParser.command(command.get(), words, from, session.variables());
        if (global.flag("help") || invocation.flag("help")) {
            session.out().print(Help.page(command.get()));
            return ExitStatus.SUCCESS;
        }
        return perform(invocation, session);
    }

    private static int perform(Invocation invocation, Session session)
            throws UsageException, UserException, IOException {
        return switch (invocation.command()) {
            case EXEC, RUN, SHELL, TEST, INSTANCE_START, INSTANCE_RUN ->
                new LaunchCommand(session, invocation).run(Integer.getInteger("kerr.plan", -1));
            case BUILD -> new BuildCommand(session, invocation).run();
            case PULL -> new PullCommand(session, invocation).run();
            case PUSH -> new PushCommand(session, invocation).run();
            case REGISTRY -> new RegistryCommand(session, invocation).run();
            case REMOTE -> new RemoteCommand(session, invocation).run();
            case KEYSERVER -> new KeyserverCommand(session, invocation).run();
            case CACHE -> new CacheCommand(session, invocation).run();
            case INSTANCE -> new InstanceCommand(session, invocation).run();
            case OCI -> new OciCommand(session, invocation).run(Integer.getInteger("kerr.plan", -1));
            case MOUNT -> new MountCommand(session, invocation).run();
            case INSPECT -> new InspectCommand(session, invocation).run();
            case SIF -> new SifCommand(session, invocation).run();
            case OVERLAY -> new OverlayCommand(session, invocation).run();
            case DATA -> new DataCommand(session, invocation).run();
            case CAPABILITY -> new CapabilityCommand(session, invocation).run();
            case CONFIG -> new ConfigCommand(session, invocation).run();
            case DOCTOR -> new DoctorCommand(session).run();
            case VERSION -> version(session);
            case HELP -> help(invocation, session);
        };
    }

    private static int version(Session session) {
        session.out().println(Version.TEXT);
        return ExitStatus.SUCCESS;
    }

    private static int help(Invocation invocation, Session session) throws UsageException {
        if (invocation.operands().isEmpty()) {
            session.out().print(Help.overview());
            return ExitStatus.SUCCESS;
        }
        String word = invocation.operands().getFirst();
        var command = Command.of(String.join(" ", invocation.operands()));
        command = command.isEmpty() ? Command.of(word) : command;
        if (command.isEmpty()) {
            throw new UsageException("unknown command " + word, Optional.empty());
        }
        session.out().print(Help.page(command.get()));
        return ExitStatus.SUCCESS;
    }

    private static Session session(
            CommandLineParser.GlobalOptions global, Variables variables, PrintStream out, Log log) {
        Path home = Path.of(variables.value("HOME").orElse("/"));
        Path prefix = Path.of(System.getProperty("kerr.prefix", "/usr/local"));
        var directories = Directories.of(prefix, variables, home);
        List<String> files = global.given().get("config");
        var configuration = files == null
                ? variables.setting("CONFIG_FILE").map(Path::of).orElse(directories.configuration())
                : Path.of(files.getLast());
        return new Session(out, log, variables, directories, configuration);
    }

    private static Log.Level level(CommandLineParser.GlobalOptions global, Variables variables) {
        if (global.flag("debug") || variables.setting("DEBUG").isPresent()) {
            return Log.Level.DEBUG;
        }
        if (global.flag("verbose") || variables.setting("VERBOSE").isPresent()) {
            return Log.Level.VERBOSE;
        }
        if (global.flag("silent") || variables.setting("SILENT").isPresent()) {
            return Log.Level.SILENT;
        }
        boolean quiet = global.flag("quiet") || variables.setting("QUIET").isPresent();
        return quiet ? Log.Level.QUIET : Log.Level.INFO;
    }

    /// @param lines whether each line goes out at once: messages and the output of steps keep their order
    private static PrintStream stream(FileDescriptor descriptor, boolean lines) {
        var buffered = new BufferedOutputStream(new FileOutputStream(descriptor));
        return new PrintStream(buffered, lines, StandardCharsets.UTF_8);
    }
}
