package dev.kerr.registry;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// One way in which a server wants to be told who asks.
///
/// **Source:** RFC 9110, sections 11.3 and 11.6.1.
///
/// @param scheme in lower case: `basic`, `bearer`
/// @param parameters by their names in lower case
record Challenge(String scheme, SortedMap<String, String> parameters) {
    /// Longer headers are cut: no server needs them.
    private static final int LONGEST = 8192;

    Challenge {
        Objects.requireNonNull(scheme);
        parameters = Collections.unmodifiableSortedMap(new TreeMap<>(parameters));
    }

    Optional<String> parameter(String name) {
        return Optional.ofNullable(parameters.get(name));
    }

    /// The challenges of all `WWW-Authenticate` headers of a response. What cannot be read is passed over.
    static List<Challenge> parse(List<String> headers) {
        var challenges = new ArrayList<Challenge>();
        for (String header : headers) {
            challenges.addAll(new Reader(header.substring(0, Math.min(header.length(), LONGEST))).read());
        }
        return List.copyOf(challenges);
    }

    private static final class Reader {
        private final String text;
        private final List<Challenge> challenges = new ArrayList<>();
        private String scheme = "";
        private SortedMap<String, String> parameters = new TreeMap<>();
        private int at;

        Reader(String text) {
            this.text = text;
        }

        List<Challenge> read() {
            while (at < text.length()) {
                skipBlanks();
                String word = token();
                skipBlanks();
                if (word.isEmpty()) {
                    at++; // a comma, or what has no business here
                } else if (at < text.length() && text.charAt(at) == '=' && !scheme.isEmpty()) {
                    at++;
                    skipBlanks();
                    parameters.putIfAbsent(word.toLowerCase(Locale.ROOT), value());
                } else {
                    end();
                    scheme = word.toLowerCase(Locale.ROOT);
                }
            }
            end();
            return challenges;
        }

        private void end() {
            if (!scheme.isEmpty()) {
                challenges.add(new Challenge(scheme, parameters));
            }
            parameters = new TreeMap<>();
        }

        private String value() {
            if (at >= text.length() || text.charAt(at) != '"') {
                return token();
            }
            var value = new StringBuilder();
            at++;
            while (at < text.length() && text.charAt(at) != '"') {
                if (text.charAt(at) == '\\' && at + 1 < text.length()) {
                    at++;
                }
                value.append(text.charAt(at++));
            }
            at++;
            return value.toString();
        }

        private String token() {
            int start = at;
            while (at < text.length() && isTokenCharacter(text.charAt(at))) {
                at++;
            }
            return text.substring(start, at);
        }

        private void skipBlanks() {
            while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
                at++;
            }
        }

        private static boolean isTokenCharacter(char c) {
            return c >= '0' && c <= '9'
                    || c >= 'a' && c <= 'z'
                    || c >= 'A' && c <= 'Z'
                    || "!#$%&'*+-.^_`|~/".indexOf(c) >= 0;
        }
    }
}
