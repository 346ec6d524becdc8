package dev.kerr.dockerfile;

import dev.kerr.log.SourceText;
import dev.kerr.log.UserException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The variables before the first stage: what `FROM` can have, and what an `ARG` without a default takes in a stage.
public final class GlobalScope {
    private final Dockerfile dockerfile;
    private final SourceText source;
    private final BuildArguments arguments;
    private final Map<String, String> variables;

    private GlobalScope(Dockerfile dockerfile, BuildArguments arguments, Map<String, String> variables) {
        this.dockerfile = dockerfile;
        this.source = dockerfile.source();
        this.arguments = arguments;
        this.variables = variables;
    }

    /// The scope of a build.
    ///
    /// @param target the stage that is built
    /// @throws UserException if a default cannot be expanded
    public static GlobalScope of(Dockerfile dockerfile, BuildArguments arguments, Stage target) throws UserException {
        GlobalScope scope = new GlobalScope(dockerfile, arguments, arguments.predefined(target.name()));
        for (Instruction.Arg arg : dockerfile.globalArgs()) {
            scope.declare(arg);
        }
        return scope;
    }

    private void declare(Instruction.Arg arg) throws UserException {
        for (Instruction.Argument argument : arg.arguments()) {
            String given = arguments.given().get(argument.name());
            if (given != null) {
                variables.put(argument.name(), given);
            } else if (argument.value().isPresent()) {
                String value =
                        expander(arg.line(), variables).word(argument.value().get());
                variables.put(argument.name(), value);
            }
        }
    }

    /// The values by name.
    public Map<String, String> variables() {
        return Collections.unmodifiableMap(new LinkedHashMap<>(variables));
    }

    /// The file with the variables of each `FROM` filled in: no base is a {@link Base.Variable} any more.
    ///
    /// @throws UserException if one cannot be expanded, or is empty then
    public Dockerfile resolve() throws UserException {
        List<Stage> resolved = new ArrayList<>();
        StageNames earlier = new StageNames();
        for (Stage stage : dockerfile.stages()) {
            Expander expander = expander(stage.line(), variables);
            Base base = stage.base();
            if (base instanceof Base.Variable(String expression)) {
                String reference = filled("base", expression, expander, stage);
                base = earlier.base(reference, stage.line(), source);
            }
            String platform = stage.platform().isEmpty() ? "" : filled("platform", stage.platform(), expander, stage);
            resolved.add(stage.with(base, platform));
            earlier.add(stage);
        }
        return dockerfile.withStages(resolved);
    }

    private String filled(String what, String expression, Expander expander, Stage stage) throws UserException {
        String filled = Blanks.strip(expander.word(expression));
        if (filled.isEmpty()) {
            throw source.errorAt(
                    stage.line(),
                    expression,
                    "the " + what + " " + Wording.quoted(expression) + " is empty",
                    "give its variable a default with ARG before the first FROM, or a value with --build-arg");
        }
        return filled;
    }

    Expander expander(int line, Map<String, String> values) {
        return new Expander(source, line, dockerfile.directives().escape(), values);
    }

    SourceText source() {
        return source;
    }

    /// The value that was given for an argument.
    Optional<String> given(String name) {
        return Optional.ofNullable(arguments.given().get(name));
    }

    Optional<String> value(String name) {
        return Optional.ofNullable(variables.get(name));
    }

    Map<String, String> proxies() {
        return arguments.proxies();
    }
}
