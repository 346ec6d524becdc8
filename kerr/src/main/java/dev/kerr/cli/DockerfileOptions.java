package dev.kerr.cli;

import dev.kerr.build.BuildRequest;
import dev.kerr.dockerfile.BuildArguments;
import dev.kerr.log.UserException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// What `build` is told for a Dockerfile.
final class DockerfileOptions {
    private final Invocation invocation;
    private final String architecture;

    /// @param architecture of the image, by Go's name
    DockerfileOptions(Invocation invocation, String architecture) {
        this.invocation = invocation;
        this.architecture = architecture;
    }

    /// Whether a file is meant as a Dockerfile: by `--dockerfile`, or by its name.
    static boolean isDockerfile(Invocation invocation, Path file) {
        String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
        return invocation.flag("dockerfile")
                || name.equals("dockerfile")
                || name.equals("containerfile")
                || name.startsWith("dockerfile.")
                || name.startsWith("containerfile.")
                || name.endsWith(".dockerfile")
                || name.endsWith(".containerfile");
    }

    /// The request to build from it.
    ///
    /// @throws UserException if an option is malformed
    BuildRequest.Source.Dockerfile source(Path file) throws UserException {
        String platform = "linux/" + architecture;
        Path context = Path.of(invocation.value("context").orElse("."));
        if (!Files.isDirectory(context)) {
            throw new UserException("--context " + context + " is no directory", "COPY takes files from it");
        }
        return new BuildRequest.Source.Dockerfile(
                file,
                context,
                new BuildArguments(arguments(), platform, platform),
                invocation.value("target"),
                secrets());
    }

    /// `NAME=VALUE`, or `NAME` for the caller's variable of that name.
    private Map<String, String> arguments() throws UserException {
        var given = new LinkedHashMap<String, String>();
        for (String argument : invocation.values("build-arg")) {
            int equals = argument.indexOf('=');
            if (equals < 1) {
                throw new UserException("--build-arg " + argument + " is not NAME=VALUE");
            }
            given.put(argument.substring(0, equals), argument.substring(equals + 1));
        }
        return given;
    }

    private Map<String, Path> secrets() throws UserException {
        var secrets = new LinkedHashMap<String, Path>();
        for (String option : invocation.values("secret")) {
            Optional<String> id = Optional.empty();
            Optional<String> source = Optional.empty();
            for (String pair : option.split(",", -1)) {
                if (pair.startsWith("id=")) {
                    id = Optional.of(pair.substring("id=".length()));
                } else if (pair.startsWith("src=") || pair.startsWith("source=")) {
                    source = Optional.of(pair.substring(pair.indexOf('=') + 1));
                } else if (!pair.equals("type=file")) {
                    throw new UserException("--secret " + option + ": " + pair + " is not known", "id=NAME,src=FILE");
                }
            }
            if (id.isEmpty() || source.isEmpty()) {
                throw new UserException("--secret " + option + " lacks id= or src=", "id=NAME,src=FILE");
            }
            Path file = Path.of(source.get());
            if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
                throw new UserException("--secret " + option + ": there is no file " + file + " that can be read");
            }
            secrets.put(id.get(), file.toAbsolutePath());
        }
        return secrets;
    }
}
