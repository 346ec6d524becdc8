package dev.kerr.dockerfile;

import dev.kerr.log.SourceText;
import dev.kerr.log.UserException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// The stages read so far, by which those behind them refer to them: by name in any case, or by number from 0.
final class StageNames {
    private static final int MOST_DIGITS = 9;

    private final Map<String, Stage> named = new LinkedHashMap<>();
    private final List<Stage> stages = new ArrayList<>();

    static StageNames of(List<Stage> stages) {
        StageNames names = new StageNames();
        stages.forEach(names::add);
        return names;
    }

    void add(Stage stage) {
        stages.add(stage);
        if (!stage.name().isEmpty()) {
            named.put(stage.name(), stage);
        }
    }

    /// Names of the stages, numbers for those without.
    List<String> known() {
        return stages.stream()
                .map(stage -> stage.name().isEmpty() ? String.valueOf(stage.index()) : stage.name())
                .toList();
    }

    Optional<Stage> find(String reference) {
        if (isNumber(reference)) {
            int index = reference.length() > MOST_DIGITS ? Integer.MAX_VALUE : Integer.parseInt(reference);
            return index < stages.size() ? Optional.of(stages.get(index)) : Optional.empty();
        }
        return Optional.ofNullable(named.get(reference.toLowerCase(Locale.ROOT)));
    }

    /// What a `FROM` without variables means.
    ///
    /// @throws UserException if it is a number, but not that of a stage
    Base base(String reference, int line, SourceText source) throws UserException {
        if (reference.equals("scratch")) {
            return new Base.Scratch();
        }
        Optional<Stage> stage = earlier(reference, line, source);
        return stage.isPresent() ? new Base.Earlier(stage.get().index()) : new Base.Image(reference);
    }

    /// What a `--from` or `from=` means.
    ///
    /// @throws UserException if it is a number, but not that of a stage
    Origin origin(String reference, int line, SourceText source) throws UserException {
        if (reference.equals("scratch")) {
            return new Origin.Empty();
        }
        Optional<Stage> stage = earlier(reference, line, source);
        return stage.isPresent() ? new Origin.Stage(stage.get().index()) : new Origin.Image(reference);
    }

    private Optional<Stage> earlier(String reference, int line, SourceText source) throws UserException {
        Optional<Stage> stage = find(reference);
        if (stage.isEmpty() && isNumber(reference)) {
            throw source.errorAt(
                    line,
                    reference,
                    "there is no stage " + Wording.quoted(reference) + " before this one",
                    stages.isEmpty() ? "this is the first" : "stages before are " + String.join(", ", known()));
        }
        return stage;
    }

    private static boolean isNumber(String reference) {
        return !reference.isEmpty() && reference.chars().allMatch(c -> c >= '0' && c <= '9');
    }
}
