package dev.kerr.remote;

import dev.kerr.log.UserException;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The name of an image in a Singularity Hub: `[HOST[/PATH]/]USER/NAME[:TAG][@DIGEST]`.
///
/// **Source:** apptainer `internal/pkg/client/shub/util.go`.
///
/// @param host perhaps with a path; empty for the one Singularity Hub that there was
/// @param name `user/name`
/// @param tag with its colon or at sign: `:latest`, `@` and a digest, or both
public record HubReference(String host, String name, String tag) {
    private static final Pattern GRAMMAR = Pattern.compile("(?:([-.:a-zA-Z0-9/]{1,64})/)?([-a-zA-Z0-9]{1,39}/"
            + "[-_.a-zA-Z0-9]{1,64})((?::[-_.a-zA-Z0-9]{1,64})?(?:@(?:[a-f0-9]{32}|[a-f0-9]{40}))?)");

    public HubReference {
        Objects.requireNonNull(host);
        Objects.requireNonNull(name);
        Objects.requireNonNull(tag);
    }

    /// Reads a reference without the `shub://` in front.
    ///
    /// @throws UserException if it does not follow the grammar
    public static HubReference parse(String text) throws UserException {
        Matcher matcher = GRAMMAR.matcher(text);
        if (!matcher.matches()) {
            throw new UserException(
                    "cannot read the image's name shub://" + text, "a name is shub://[HOST/]USER/NAME[:TAG]");
        }
        String tag = matcher.group(3);
        return new HubReference(
                matcher.group(1) == null ? "" : matcher.group(1), matcher.group(2), tag.isEmpty() ? ":latest" : tag);
    }

    /// `name_tag`, for a file.
    public String fileName() {
        String tagged = tag.startsWith(":") ? tag.substring(1) : tag.substring(1, 13);
        int at = tagged.indexOf('@');
        return name.substring(name.indexOf('/') + 1) + "_" + (at < 0 ? tagged : tagged.substring(0, at));
    }

    @Override
    public String toString() {
        return "shub://" + (host.isEmpty() ? "" : host + "/") + name + tag;
    }
}
