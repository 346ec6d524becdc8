package dev.kerr.build;

import dev.kerr.log.UserException;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// The parts of a definition that `--section` chooses from.
public enum BuildPart {
    SETUP,
    POST,
    FILES,
    ENVIRONMENT,
    TEST,
    LABELS;

    /// Every part.
    public static Set<BuildPart> all() {
        return EnumSet.allOf(BuildPart.class);
    }

    /// Reads the values of `--section`: names of parts, `all` or `none`.
    ///
    /// @throws UserException if a name is unknown or `none` stands beside others
    public static Set<BuildPart> of(List<String> names) throws UserException {
        Set<BuildPart> parts = EnumSet.noneOf(BuildPart.class);
        for (String name : names) {
            switch (name.toLowerCase(Locale.ROOT)) {
                case "all" -> parts.addAll(all());
                case "none" -> {
                    if (names.size() > 1) {
                        throw new UserException("section 'none' cannot be combined with others");
                    }
                }
                case "setup" -> parts.add(SETUP);
                case "post" -> parts.add(POST);
                case "files" -> parts.add(FILES);
                case "environment" -> parts.add(ENVIRONMENT);
                case "test" -> parts.add(TEST);
                case "labels" -> parts.add(LABELS);
                default ->
                    throw new UserException(
                            "unknown section '" + name + "'",
                            "sections to choose from are setup, post, files, environment, test, labels, none and all");
            }
        }
        return parts;
    }
}
