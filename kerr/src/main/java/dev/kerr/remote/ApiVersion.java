package dev.kerr.remote;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Versions of the libraries' interface.
///
/// **Source:** container-library-client `client/version.go`.
final class ApiVersion {
    /// Uploads go to a storage that the library names.
    static final String UPLOADS = "2.0.0-alpha.1";

    /// A tag has an image for each architecture.
    static final String ARCHITECTURE_TAGS = "2.0.0-alpha.2";

    private static final Pattern VERSION =
            Pattern.compile("([0-9]{1,9})\\.([0-9]{1,9})\\.([0-9]{1,9})(?:-alpha\\.([0-9]{1,9})|(-.*))?(?:\\+.*)?");

    private ApiVersion() {}

    /// Whether a version is another or a later one; none at all is not.
    static boolean isAtLeast(String version, String other) {
        Matcher one = VERSION.matcher(version);
        Matcher two = VERSION.matcher(other);
        if (!one.matches() || !two.matches()) {
            return false;
        }
        for (int i = 1; i <= 4; i++) {
            int difference = Integer.compare(number(one, i), number(two, i));
            if (difference != 0) {
                return difference > 0;
            }
        }
        return true;
    }

    /// What is no alpha version is later than all of these.
    private static int number(Matcher version, int part) {
        return version.group(part) == null ? Integer.MAX_VALUE : Integer.parseInt(version.group(part));
    }
}
