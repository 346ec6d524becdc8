package dev.kerr.seccomp;

import dev.kerr.bytes.FormatException;
import dev.kerr.json.JsonObject;
import dev.kerr.seccomp.Action.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// Reads a [Profile].
final class ProfileReader {
    private static final List<String> MEMBERS = List.of(
            "defaultAction",
            "defaultErrnoRet",
            "defaultErrno",
            "architectures",
            "archMap",
            "flags",
            "listenerPath",
            "listenerMetadata",
            "syscalls",
            "comment");

    /// Architectures of other machines: no call here is ever one of theirs.
    private static final List<String> OTHER_MACHINES = List.of(
            "SCMP_ARCH_LOONGARCH64",
            "SCMP_ARCH_M68K",
            "SCMP_ARCH_MIPS",
            "SCMP_ARCH_MIPS64",
            "SCMP_ARCH_MIPS64N32",
            "SCMP_ARCH_MIPSEL",
            "SCMP_ARCH_MIPSEL64",
            "SCMP_ARCH_MIPSEL64N32",
            "SCMP_ARCH_PARISC",
            "SCMP_ARCH_PARISC64",
            "SCMP_ARCH_PPC",
            "SCMP_ARCH_PPC64",
            "SCMP_ARCH_PPC64LE",
            "SCMP_ARCH_RISCV64",
            "SCMP_ARCH_S390",
            "SCMP_ARCH_S390X",
            "SCMP_ARCH_SH",
            "SCMP_ARCH_SHEB");

    private final JsonObject profile;
    private final Circumstances circumstances;
    private final SyscallTable table;
    private final Set<String> unknown = new TreeSet<>();

    ProfileReader(JsonObject profile, Circumstances circumstances, SyscallTable table) {
        this.profile = profile;
        this.circumstances = circumstances;
        this.table = table;
    }

    Profile read() throws FormatException {
        refuseUnknown(profile, MEMBERS, "a seccomp profile");
        if (profile.has("listenerMetadata")
                || !profile.textOrEmpty("listenerPath").isEmpty()) {
            throw profile.fault("\"listenerPath\" is for SCMP_ACT_NOTIFY, which Kerr does not do");
        }
        Action otherwise = new ActionText(profile, "defaultAction", "defaultErrno").action();
        boolean isLogged = isLogged();
        var rules = new ArrayList<Rule>();
        for (JsonObject rule : profile.objects("syscalls")) {
            var reader = new RuleReader(rule);
            if (circumstances.meet(rule)) {
                rules.addAll(reader.read());
                note(rule, reader, otherwise);
            }
        }
        checkEffect(otherwise, rules);
        return new Profile(new Filter(abis(), Action.KILL_PROCESS, otherwise, rules), isLogged, List.copyOf(unknown));
    }

    static void refuseUnknown(JsonObject object, List<String> members, String what) throws FormatException {
        for (String name : object.members().keySet()) {
            if (!members.contains(name)) {
                String shown = name.length() > 40 ? name.substring(0, 40) + "…" : name;
                throw object.fault("\"" + shown + "\" is no member of " + what);
            }
        }
    }

    private boolean isLogged() throws FormatException {
        boolean isLogged = false;
        for (String flag : profile.texts("flags")) {
            switch (flag) {
                case "SECCOMP_FILTER_FLAG_LOG" -> isLogged = true;
                case "SECCOMP_FILTER_FLAG_TSYNC", "SECCOMP_FILTER_FLAG_SPEC_ALLOW" -> {} // one thread; always
                default -> throw profile.fault("the flag " + flag + " is not known, or not done here");
            }
        }
        return isLogged;
    }

    /// That of the machine, which comes first, and those that the profile names.
    private List<Abi> abis() throws FormatException {
        var abis = new ArrayList<Abi>();
        abis.add(circumstances.machine());
        for (String word : named()) {
            var abi = abi(word);
            if (abi.isPresent() && !abis.contains(abi.get())) {
                abis.add(abi.get());
            }
        }
        return abis;
    }

    private List<String> named() throws FormatException {
        List<String> words = profile.texts("architectures");
        List<JsonObject> map = profile.objects("archMap");
        if (!words.isEmpty() && !map.isEmpty()) {
            throw profile.fault("the profile has \"architectures\" and \"archMap\", which is one too many");
        }
        var named = new ArrayList<>(words);
        for (JsonObject entry : map) {
            refuseUnknown(entry, List.of("architecture", "subArchitectures"), "\"archMap\"");
            if (entry.text("architecture").equals(circumstances.machine().word())) {
                named.addAll(entry.texts("subArchitectures"));
            }
        }
        return named;
    }

    /// @return empty for one of another machine
    private Optional<Abi> abi(String word) throws FormatException {
        for (Abi abi : Abi.values()) {
            if (abi.word().equals(word)) {
                return Optional.of(abi);
            }
        }
        if (OTHER_MACHINES.contains(word)) {
            return Optional.empty();
        }
        throw profile.fault("the architecture " + word + " is not known");
    }

    /// Sees that no restriction is lost by a name that means nothing.
    private void note(JsonObject rule, RuleReader reader, Action otherwise) throws FormatException {
        for (String name : reader.names()) {
            if (table.knows(name)) {
                continue;
            }
            if (reader.action().kind().isStricterThan(otherwise.kind())) {
                throw rule.fault("the system call \"" + name + "\" is not known, and shall be restricted");
            }
            unknown.add(name);
        }
    }

    private void checkEffect(Action otherwise, List<Rule> rules) throws FormatException {
        boolean restricts = otherwise.kind() != Kind.ALLOW;
        for (Rule rule : rules) {
            restricts |=
                    rule.action().kind() != Kind.ALLOW && rule.names().stream().anyMatch(table::hasNumber);
        }
        if (!restricts) {
            throw profile.fault("the profile restricts nothing");
        }
        Kind start = forExecve(otherwise, rules).kind();
        if (start != Kind.ALLOW && start != Kind.LOG) {
            throw profile.fault("the profile does not allow execve, by which programs are started");
        }
    }

    private static Action forExecve(Action otherwise, List<Rule> rules) {
        for (Rule rule : rules) {
            if (rule.names().contains("execve") && rule.conditions().isEmpty()) {
                return rule.action();
            }
        }
        return otherwise;
    }
}
