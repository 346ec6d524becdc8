package dev.kerr.gpu;

import dev.kerr.log.UserException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/// Does without running it what a hook would do to a container, of those that NVIDIA's toolkit writes.
///
/// A hook is a program of the host that works in the container's root before the container is confined: the way that
/// attacks of images on hosts have taken. None is run.
///
/// Source: NVIDIA container toolkit, `cmd/nvidia-cdi-hook`.
final class CdiHook {
    private final Findings findings;
    private final String file;

    CdiHook(Findings findings, String file) {
        this.findings = Objects.requireNonNull(findings);
        this.file = Objects.requireNonNull(file);
    }

    /// The first argument is the name of the program; the older `nvidia-ctk` has `hook` before what it shall do.
    ///
    /// @throws UserException if it is not known what the hook would do
    void apply(CdiEdits.Hook hook) throws UserException {
        List<String> arguments = hook.arguments();
        int at = arguments.size() > 1 && arguments.get(1).equals("hook") ? 2 : 1;
        String act = arguments.size() > at ? arguments.get(at) : "";
        List<String> options = arguments.size() > at ? arguments.subList(at + 1, arguments.size()) : List.of();
        switch (act) {
            case "update-ldcache" -> {
                for (String folder : values(options, "folder", List.of("ldconfig-path", "container-spec"))) {
                    requirePlain(folder);
                    findings.libraryDirectory(folder);
                }
            }
            case "create-symlinks" -> {
                for (String link : values(options, "link", List.of("container-spec"))) {
                    symlink(link);
                }
            }
            case "chmod", "enable-cuda-compat", "disable-device-node-modification" ->
                findings.warning(file + ": the hook " + act + " is left out: " + reason(act));
            default ->
                throw new UserException(
                        file + ": cannot do what the hook " + hook.path() + (act.isEmpty() ? "" : " " + act) + " does",
                        "no hooks are run; update-ldcache and create-symlinks are done without");
        }
    }

    private static String reason(String act) {
        return switch (act) {
            case "chmod" -> "directories of the container have the mode that they have on the host";
            case "enable-cuda-compat" -> "the host's driver is used as it is";
            default -> "a container cannot make device nodes";
        };
    }

    /// `TARGET::LINK`.
    private void symlink(String link) throws UserException {
        int colons = link.indexOf("::");
        if (colons < 1) {
            throw new UserException(file + ": --link " + link + " of a hook is not TARGET::LINK");
        }
        String path = link.substring(colons + 2);
        requirePlain(path);
        findings.symlink(new GpuMounts.Symlink(path, link.substring(0, colons)));
    }

    private void requirePlain(String path) throws UserException {
        if (!CdiEdits.isPlainPath(path) || path.indexOf(':') >= 0) {
            throw new UserException(
                    file + ": a hook names '" + path + "', which is not an absolute path without '..' and ':'");
        }
    }

    /// The values of the option `wanted`, each `--wanted VALUE` or `--wanted=VALUE`; those of `others` do not matter.
    private List<String> values(List<String> options, String wanted, List<String> others) throws UserException {
        var values = new ArrayList<String>();
        for (int i = 0; i < options.size(); i++) {
            String option = options.get(i);
            int equals = option.indexOf('=');
            String name = option.startsWith("--") ? option.substring(2, equals < 0 ? option.length() : equals) : "";
            if (!name.equals(wanted) && !others.contains(name)) {
                throw new UserException(file + ": a hook has the option '" + option + "', which is not known");
            }
            String value = "";
            if (equals >= 0) {
                value = option.substring(equals + 1);
            } else if (i + 1 < options.size()) {
                i++;
                value = options.get(i);
            }
            if (value.isEmpty()) {
                throw new UserException(file + ": the option '" + option + "' of a hook has no value");
            }
            if (name.equals(wanted)) {
                values.add(value);
            }
        }
        return values;
    }
}
