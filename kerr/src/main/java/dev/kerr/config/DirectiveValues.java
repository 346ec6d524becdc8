package dev.kerr.config;

import dev.kerr.config.Directive.Kind;
import java.util.ArrayList;
import java.util.List;

/// How values of directives are written.
final class DirectiveValues {
    private static final String CALLERS = "$PATH";

    private DirectiveValues() {}

    /// @param allowed the words of a choice with `|` between, or the least and greatest number with `-` between
    static boolean isRight(Kind kind, String allowed, String value) {
        // no switch: it would cost every launch a class that maps the enum's numbers
        if (kind == Kind.CHOICE) {
            return value.indexOf('|') < 0 && !value.isEmpty() && ("|" + allowed + "|").contains("|" + value + "|");
        }
        if (kind == Kind.NUMBER) {
            return isInRange(allowed, value);
        }
        if (kind == Kind.SIZE) {
            return value.isEmpty() || ByteSize.parse(value).isPresent();
        }
        if (kind == Kind.SEARCH_PATH) {
            return isSearchPath(value);
        }
        if (kind == Kind.FILE) {
            return value.isEmpty() || value.startsWith("/");
        }
        for (String item : items(value)) {
            if (kind == Kind.BINDS && !isBind(item) || kind == Kind.PATHS && !item.startsWith("/")) {
                return false;
            }
        }
        return true;
    }

    /// What is right, for people.
    static String described(Kind kind, String allowed) {
        return switch (kind) {
            case CHOICE -> choices(allowed);
            case NUMBER -> "a number from " + allowed.replace("-", " to ");
            case SIZE -> "a size such as 500M or 1G";
            case BINDS -> "/source or /source:/target";
            case NAMES -> "a list of names";
            case PATHS -> "a list of absolute paths";
            case SEARCH_PATH -> "absolute paths with colons between, $PATH at most in front";
            case FILE -> "an absolute path";
            case WORD -> "a word";
        };
    }

    /// The items of a list, stripped; none is empty.
    static List<String> items(String list) {
        var items = new ArrayList<String>();
        for (int from = 0; from <= list.length(); ) {
            int comma = list.indexOf(',', from);
            int end = comma < 0 ? list.length() : comma;
            String item = list.substring(from, end).strip();
            if (!item.isEmpty()) {
                items.add(item);
            }
            from = end + 1;
        }
        return items;
    }

    private static String choices(String allowed) {
        int last = allowed.lastIndexOf('|');
        return allowed.substring(0, last).replace("|", ", ") + " or " + allowed.substring(last + 1);
    }

    private static boolean isInRange(String range, String value) {
        int dash = range.indexOf('-');
        try {
            long number = Long.parseLong(value);
            return number >= Long.parseLong(range.substring(0, dash))
                    && number <= Long.parseLong(range.substring(dash + 1));
        } catch (NumberFormatException notANumber) {
            return false;
        }
    }

    private static boolean isBind(String item) {
        int colon = item.indexOf(':');
        return item.startsWith("/")
                && (colon < 0 || item.startsWith("/", colon + 1) && item.indexOf(':', colon + 1) < 0);
    }

    private static boolean isSearchPath(String value) {
        String rest = value.equals(CALLERS) ? "" : value;
        if (value.startsWith(CALLERS + ":")) {
            rest = value.substring(CALLERS.length() + 1);
        }
        for (String directory : rest.split(":")) {
            if (!directory.startsWith("/") && !rest.isEmpty()) {
                return false;
            }
        }
        return !value.isEmpty();
    }
}
