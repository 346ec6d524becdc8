package dev.kerr.dockerfile;

import dev.kerr.log.SourceText;
import dev.kerr.log.UserException;
import java.util.ArrayList;
import java.util.List;

/// Reads what is particular to `RUN`: its flags.
final class RunReader {
    private final SourceText source;
    private final StageNames stages;
    private final LogicalLine line;

    RunReader(SourceText source, StageNames stages, LogicalLine line) {
        this.source = source;
        this.stages = stages;
        this.line = line;
    }

    Instruction read(Flags flags, Command command) throws UserException {
        refuse(flags, "security", "steps run without privileges of the host anyway");
        refuse(flags, "device", "take the flag away");
        flags.check("mount*", "network");
        List<Mount> mounts = new ArrayList<>();
        for (String text : flags.texts("mount")) {
            mounts.add(mount(text));
        }
        return new Instruction.Run(command, mounts, network(flags), line.number());
    }

    /// A mount, read whole if it has no variables: it would be wrong whatever their values are.
    private Mount mount(String text) throws UserException {
        MountOptions options = MountOptions.of(text, line.number(), source);
        List<Origin> from = options.from(stages);
        if (text.chars().anyMatch(c -> "$'\"\\`".indexOf(c) >= 0)) {
            return new Mount.Unexpanded(text, from);
        }
        return new MountReader(source, line.number(), options.values(), from).read();
    }

    private void refuse(Flags flags, String name, String hint) throws UserException {
        if (flags.has(name)) {
            throw source.errorAt(line.number(), "--" + name, "flag '--" + name + "' is not supported", hint);
        }
    }

    private Instruction.Network network(Flags flags) throws UserException {
        String network = flags.text("network");
        return switch (network) {
            case "", "default" -> Instruction.Network.DEFAULT;
            case "none" -> Instruction.Network.NONE;
            case "host" -> Instruction.Network.HOST;
            default ->
                throw source.errorAt(
                        line.number(),
                        network,
                        "unknown network " + Wording.quoted(network),
                        Wording.meant(network, List.of("default", "none", "host")));
        };
    }
}
