package dev.kerr.cli;

import dev.kerr.instance.Anchor;
import dev.kerr.instance.Instance;
import dev.kerr.instance.Instances;
import dev.kerr.linux.HeldProcess;
import dev.kerr.linux.Signals;
import dev.kerr.log.Log;
import dev.kerr.log.UserException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/// Ends instances: asks all of them, waits for all of them, and ends those that did not listen.
final class InstanceStop {
    private static final long POLL_NANOS = 10_000_000;

    /// For what a process that was killed leaves to others to do.
    private static final Duration KILLED = Duration.ofSeconds(5);

    private static final int LONGEST_SECONDS = 86_400;
    private static final int USUAL_SECONDS = 10;

    private final Log log;
    private final Invocation invocation;
    private final Instances instances;

    InstanceStop(Log log, Invocation invocation, Instances instances) {
        this.log = log;
        this.invocation = invocation;
        this.instances = instances;
    }

    int stop(List<Instance> asked) throws UserException, IOException {
        int signal = signal();
        var timeout = Duration.ofSeconds(seconds());
        for (Instance instance : asked) {
            log.info("Stopping " + described(instance));
            send(instance, signal);
        }
        List<Instance> left = await(asked, signal == Signals.SIGKILL ? KILLED : timeout);
        for (Instance instance : left) {
            log.info("Killing " + described(instance) + " (Timeout)");
            send(instance, Signals.SIGKILL);
        }
        left = await(left, KILLED);
        if (!left.isEmpty()) {
            throw new UserException(
                    "instance " + left.getFirst().about().name() + " does not end",
                    "one of its processes waits for a device or a file server: see state D in ps");
        }
        return ExitStatus.SUCCESS;
    }

    private static String described(Instance instance) {
        return instance.about().name() + " instance of " + instance.about().image() + " (PID="
                + instance.anchor().pid() + ")";
    }

    private int signal() throws UserException {
        if (invocation.flag("force")) {
            return Signals.SIGKILL;
        }
        String name = invocation.value("signal").orElse("SIGINT");
        return Signals.number(name)
                .orElseThrow(() -> new UserException(
                        "--signal " + name + " is no signal", "it is a name, as SIGTERM, or a number from 1 to 64"));
    }

    private int seconds() throws UserException {
        var text = invocation.value("timeout");
        if (text.isEmpty()) {
            return USUAL_SECONDS;
        }
        try {
            int seconds = Integer.parseInt(text.get());
            if (seconds >= 0 && seconds <= LONGEST_SECONDS) {
                return seconds;
            }
        } catch (NumberFormatException word) {
            // said below
        }
        throw new UserException(
                "--timeout " + text.get() + " is no time", "it is a number of seconds, at most " + LONGEST_SECONDS);
    }

    /// The number is held before it is looked at, and so is the looked at process's until the signal is sent.
    private void send(Instance instance, int signal) throws IOException {
        var held = HeldProcess.open(instance.anchor().pid());
        if (held.isPresent()) {
            try (HeldProcess process = held.get()) {
                if (instance.anchor().state(instances.owner()) == Anchor.State.RUNNING) {
                    process.signal(signal);
                }
            }
        }
    }

    /// Waits until they have ended and their records are gone.
    ///
    /// @return those that have not
    private List<Instance> await(List<Instance> ending, Duration timeout) {
        long deadline = System.nanoTime() + timeout.toNanos();
        var left = new ArrayList<>(ending);
        while (true) {
            left.removeIf(instance -> instance.anchor().state(instances.owner()) == Anchor.State.GONE);
            if (left.isEmpty() || System.nanoTime() >= deadline) {
                return left;
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }
}
