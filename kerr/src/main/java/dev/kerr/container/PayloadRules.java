package dev.kerr.container;

import dev.kerr.container.ContainerSpec.Action;
import dev.kerr.log.UserException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The operations from the environment to the payload.
///
/// The C program takes the caller's variables out of the way (it renames them), so that the image's scripts run in a
/// clean
/// environment; the [ActionScript] then brings back those that the image does not set.
final class PayloadRules {
    /// The search path where the image sets none.
    static final String DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private static final List<String> NEVER_IMPORTED = List.of(
            "KERR_*",
            "KERRENV_*",
            "APPTAINER_*",
            "APPTAINERENV_*",
            "SINGULARITY_*",
            "SINGULARITYENV_*",
            "HOME",
            "PATH",
            "LD_LIBRARY_PATH",
            "PWD",
            "_",
            "UID",
            "EUID",
            "PPID",
            "SHELLOPTS",
            "BASHOPTS",
            "BASH_ENV",
            "ENV");
    private static final List<String> KEPT_WHEN_CLEAN = List.of(
            "TERM",
            "http_proxy",
            "HTTP_PROXY",
            "https_proxy",
            "HTTPS_PROXY",
            "no_proxy",
            "NO_PROXY",
            "all_proxy",
            "ALL_PROXY",
            "ftp_proxy",
            "FTP_PROXY");
    /// The kernel's limit of one argument: MAX_ARG_STRLEN, execve(2).
    private static final int WORD_BYTES_MAX = 128 << 10;

    private static final List<String> FAMILIES = List.of("KERR_", "APPTAINER_", "SINGULARITY_");

    private PayloadRules() {}

    /// What a container's payload gets, by way of the [ActionScript].
    ///
    /// @param facts what the informational variables say, by the part of their names behind `KERR_`
    static List<Op> container(ContainerSpec spec, String home, Map<String, String> facts) {
        var ops = new ArrayList<Op>();
        callers(ops, spec, List.of());
        ops.add(new Op.Environment(OpCode.ENV_STASH, List.of(ActionScript.HOST_PREFIX, ActionScript.HOST_NAMES)));
        ops.add(Op.Environment.set("PATH", DEFAULT_PATH));
        ops.add(Op.Environment.set("HOME", home));
        facts(ops, facts);
        return ops;
    }

    /// What a payload gets that no shell starts: an image's values are known, and go before the caller's.
    ///
    /// @param image what is set, and what is only kept from the caller
    static List<Op> direct(ContainerSpec spec, DirectLaunch.Environment image, Map<String, String> facts) {
        var ops = new ArrayList<Op>();
        callers(ops, spec, image.own());
        image.exported().forEach((name, value) -> ops.add(Op.Environment.set(name, value)));
        facts(ops, facts);
        return ops;
    }

    private static void callers(List<Op> ops, ContainerSpec spec, List<String> own) {
        var rules = spec.environment().caller();
        if (spec.payload().variant().ownUmask()) {
            ops.add(new Op.Umask(022));
        }
        if (rules.clean()) {
            ops.add(new Op.Environment(OpCode.ENV_KEEP, KEPT_WHEN_CLEAN));
            ops.add(Op.Environment.set("LANG", "C"));
        }
        var dropped = new ArrayList<>(NEVER_IMPORTED);
        dropped.addAll(rules.leftOut());
        dropped.addAll(own);
        ops.add(new Op.Environment(OpCode.ENV_DROP, dropped));
    }

    private static void facts(List<Op> ops, Map<String, String> facts) {
        for (var fact : facts.entrySet()) {
            for (String family : FAMILIES) {
                ops.add(Op.Environment.set(family + fact.getKey(), fact.getValue()));
            }
        }
    }

    /// What an init of the image's own gets: it knows by `container` that it is in one.
    ///
    /// **Source:** the container interface of systemd.
    static List<Op> boot(String home) {
        return List.of(
                new Op.Umask(022),
                new Op.Environment(OpCode.ENV_KEEP, List.of()),
                Op.Environment.set("PATH", DEFAULT_PATH),
                Op.Environment.set("HOME", home),
                Op.Environment.set("container", "kerr"));
    }

    /// What a step of a build gets: exactly these variables, and the usual umask, whatever the caller's is.
    static List<Op> step(ContainerSpec spec) {
        var ops = new ArrayList<Op>();
        ops.add(new Op.Umask(022));
        ops.add(new Op.Environment(OpCode.ENV_KEEP, List.of()));
        spec.environment().set().forEach((name, value) -> ops.add(Op.Environment.set(name, value)));
        return ops;
    }

    /// The program that the C program becomes. A command that is no part of the C program's own arguments goes with it.
    ///
    /// @throws UserException if what the user sets is more than the kernel takes in one word
    static Op exec(ContainerSpec spec) throws UserException {
        var payload = spec.payload();
        if (payload.action() == Action.STEP) {
            return new Op.Exec(0, payload.command());
        }
        String script = ActionScript.text(payload, spec.environment());
        if (script.length() > WORD_BYTES_MAX / 4 && RawText.encode(script).length >= WORD_BYTES_MAX) {
            throw new UserException(
                    "the variables that are set for the container have more than 120 KiB in all",
                    "let the container read what is large from a file");
        }
        var words = new ArrayList<>(List.of("/bin/sh", "-c", script, "kerr"));
        if (payload.callerFrom() == 0) {
            words.addAll(payload.command());
        }
        return new Op.Exec(payload.callerFrom(), words);
    }
}
