package dev.kerr.dockerfile;

import static java.util.Objects.requireNonNull;

import dev.kerr.log.SourceText;
import dev.kerr.log.UserException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// A Dockerfile.
///
/// @param source the file, for messages
/// @param globalArgs the `ARG` instructions before the first stage
/// @param stages in the order of the file, at least one
/// @param warnings one line each, beginning with the file and the line
public record Dockerfile(
        SourceText source,
        Directives directives,
        List<Instruction.Arg> globalArgs,
        List<Stage> stages,
        List<String> warnings) {
    public Dockerfile {
        requireNonNull(source);
        requireNonNull(directives);
        globalArgs = List.copyOf(globalArgs);
        stages = List.copyOf(stages);
        warnings = List.copyOf(warnings);
        if (stages.isEmpty()) {
            throw new IllegalArgumentException("no stages");
        }
    }

    /// The stage that is built if nobody names one: the last.
    public Stage last() {
        return stages.getLast();
    }

    /// Finds a stage by its name, in any case, or by its number from 0.
    ///
    /// @throws UserException if there is none
    public Stage stage(String target) throws UserException {
        Optional<Stage> found = StageNames.of(stages).find(target);
        return found.orElseThrow(() -> new UserException(
                source.name() + ": there is no stage " + Wording.quoted(target),
                Wording.meant(target, StageNames.of(stages).known())));
    }

    /// The stages that a target needs, itself included, each behind those that it needs; that is their order in the
    /// file.
    /// Bases with variables count for none: {@link GlobalScope#resolve} comes first.
    public List<Stage> needed(Stage target) {
        Set<Integer> needed = new TreeSet<>();
        Deque<Integer> open = new ArrayDeque<>(List.of(target.index()));
        while (!open.isEmpty()) {
            int index = open.pop();
            if (needed.add(index)) {
                open.addAll(stages.get(index).dependencies());
            }
        }
        List<Stage> inOrder = new ArrayList<>();
        for (int index : needed) {
            inOrder.add(stages.get(index));
        }
        return inOrder;
    }

    Dockerfile withStages(List<Stage> others) {
        return new Dockerfile(source, directives, globalArgs, others, warnings);
    }
}
