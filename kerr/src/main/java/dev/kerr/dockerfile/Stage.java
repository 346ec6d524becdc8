package dev.kerr.dockerfile;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// A stage: a base, and what is done to it.
///
/// @param index its place in the file, from 0
/// @param name in lower case; empty if it has none
/// @param platform `os/arch[/variant]` of the base, with variables until it is resolved; empty for the target's
/// @param line number of its `FROM`, from 1
public record Stage(int index, String name, Base base, String platform, List<Instruction> instructions, int line) {
    public Stage {
        requireNonNull(name);
        requireNonNull(base);
        requireNonNull(platform);
        instructions = List.copyOf(instructions);
    }

    /// Indices of the earlier stages that this one begins with, copies from or mounts.
    public Set<Integer> dependencies() {
        Set<Integer> indices = new TreeSet<>();
        if (base instanceof Base.Earlier(int earlier)) {
            indices.add(earlier);
        }
        for (Instruction instruction : instructions) {
            for (Origin origin : origins(instruction)) {
                if (origin instanceof Origin.Stage(int earlier)) {
                    indices.add(earlier);
                }
            }
        }
        return indices;
    }

    /// Where an instruction takes files from.
    static List<Origin> origins(Instruction instruction) {
        return switch (instruction) {
            case Instruction.Copy copy -> List.of(copy.from());
            case Instruction.Run run ->
                run.mounts().stream().flatMap(mount -> origins(mount).stream()).toList();
            default -> List.of();
        };
    }

    private static List<Origin> origins(Mount mount) {
        return switch (mount) {
            case Mount.Bind bind -> List.of(bind.from());
            case Mount.Cache cache -> List.of(cache.from());
            case Mount.Unexpanded unexpanded -> unexpanded.from();
            case Mount.Tmpfs _, Mount.Secret _ -> List.of();
        };
    }

    Stage with(Base otherBase, String otherPlatform) {
        return new Stage(index, name, otherBase, otherPlatform, instructions, line);
    }
}
