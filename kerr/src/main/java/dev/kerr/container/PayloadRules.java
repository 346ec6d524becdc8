package dev.kerr.container;

import dev.kerr.container.ContainerSpec.Action;
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
    private static final List<String> FAMILIES = List.of("KERR_", "APPTAINER_", "SINGULARITY_");

    private PayloadRules() {}

    /// What a container's payload gets.
    ///
    /// @param facts what the informational variables say, by the part of their names behind `KERR_`
    static List<Op> container(ContainerSpec spec, String home, Map<String, String> facts) {
        var ops = new ArrayList<Op>();
        var rules = spec.environment();
        if (rules.clean()) {
            ops.add(new Op.Environment(OpCode.ENV_KEEP, KEPT_WHEN_CLEAN));
            ops.add(Op.Environment.set("LANG", "C"));
        }
        if (rules.usualUmask()) {
            ops.add(new Op.Umask(022));
        }
        ops.add(new Op.Environment(OpCode.ENV_DROP, NEVER_IMPORTED));
        if (!rules.leftOut().isEmpty()) {
            ops.add(new Op.Environment(OpCode.ENV_DROP, rules.leftOut()));
        }
        ops.add(new Op.Environment(OpCode.ENV_STASH, List.of(ActionScript.HOST_PREFIX, ActionScript.HOST_NAMES)));
        ops.add(Op.Environment.set("PATH", DEFAULT_PATH));
        ops.add(Op.Environment.set("HOME", home));
        for (var fact : facts.entrySet()) {
            for (String family : FAMILIES) {
                ops.add(Op.Environment.set(family + fact.getKey(), fact.getValue()));
            }
        }
        return ops;
    }

    /// What a step of a build gets: exactly these variables, and the usual umask, whatever the caller's is.
    static List<Op> step(ContainerSpec spec) {
        var ops = new ArrayList<Op>();
        ops.add(new Op.Umask(022));
        ops.add(new Op.Environment(OpCode.ENV_KEEP, List.of()));
        spec.environment().set().forEach((name, value) -> ops.add(Op.Environment.set(name, value)));
        return ops;
    }

    /// The program that the C program becomes.
    static Op exec(ContainerSpec spec) {
        var payload = spec.payload();
        if (payload.action() == Action.STEP) {
            return new Op.Exec(0, payload.command());
        }
        String script = ActionScript.text(payload, spec.environment());
        return new Op.Exec(payload.callerFrom(), List.of("/bin/sh", "-c", script, "kerr"));
    }
}
