package dev.kerr.dockerfile;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// Random patterns match what the regular expressions of the same meaning do.
class PatternsAgreeTest {
    private final Random random = new Random(20_261_130);

    private String any(int longest, String... pieces) {
        StringBuilder text = new StringBuilder();
        for (int length = random.nextInt(longest + 1); length > 0; length--) {
            text.append(pieces[random.nextInt(pieces.length)]);
        }
        return text.toString();
    }

    @Test
    void patterns_of_paths() {
        for (int i = 0; i < 20_000; i++) {
            String pattern = any(6, "a", "b", "/", "*", "**", "**/", "?", "[ab]", "[^a]", ".") + "a";
            String path = any(8, "a", "b", "c", "/", ".");
            assertThat(PathPattern.of(pattern).orElseThrow().matches(path))
                    .as(pattern + " on " + path)
                    .isEqualTo(path.matches(expressionOfPaths(pattern)));
        }
    }

    private static String expressionOfPaths(String pattern) {
        if (pattern.startsWith("**") && pattern.substring(2).matches("[ab.][ab./]*")) {
            return ".*" + Pattern.quote(pattern.substring(2));
        }
        return Pattern.compile("\\*\\*/?|\\*|\\?|\\.").matcher(pattern).replaceAll(found -> switch (found.group()) {
            case "*" -> "[^/]*";
            case "?" -> "[^/]";
            case "." -> "[.]";
            default -> "(?:.*/)?";
        });
    }

    @Test
    void patterns_of_variables() {
        for (int i = 0; i < 20_000; i++) {
            String pattern = any(5, "a", "b", "*", "?", "\\*");
            String value = any(8, "a", "b", "c", "*");
            ShellPattern compiled = ShellPattern.of(pattern).orElseThrow();
            String as = pattern + " on " + value;
            String longest = expressionOfVariables(pattern, ".*");
            String shortest = expressionOfVariables(pattern, ".*?");
            assertThat(compiled.withoutPrefix(value, true)).as(as).isEqualTo(withoutPrefix(value, longest));
            assertThat(compiled.withoutPrefix(value, false)).as(as).isEqualTo(withoutPrefix(value, shortest));
            assertThat(compiled.withoutSuffix(value, true)).as(as).isEqualTo(withoutSuffix(value, longest, true));
            assertThat(compiled.withoutSuffix(value, false)).as(as).isEqualTo(withoutSuffix(value, longest, false));
            assertThat(compiled.replaced(value, "<>", false))
                    .as(as)
                    .isEqualTo(Pattern.compile(longest).matcher(value).replaceFirst("<>"));
        }
    }

    private static String expressionOfVariables(String pattern, String anyText) {
        return Pattern.compile("\\\\\\*|\\*|\\?").matcher(pattern).replaceAll(found -> switch (found.group()) {
            case "*" -> Matcher.quoteReplacement(anyText);
            case "?" -> ".";
            default -> "[*]";
        });
    }

    private static String withoutPrefix(String value, String expression) {
        Matcher matcher = Pattern.compile(expression).matcher(value);
        return matcher.lookingAt() ? value.substring(matcher.end()) : value;
    }

    private static String withoutSuffix(String value, String expression, boolean longest) {
        String found = value;
        for (int start = value.length(); start >= 0; start--) {
            if (value.substring(start).matches(expression)) {
                found = value.substring(0, start);
                if (!longest) {
                    return found;
                }
            }
        }
        return found;
    }
}
