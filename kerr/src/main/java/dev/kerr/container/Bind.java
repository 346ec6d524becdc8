package dev.kerr.container;

import dev.kerr.log.UserException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// A bind that the user asked for.
///
/// @param source absolute path on the host
/// @param target absolute path in the container
/// @param part what of the source is bound, if that is an image; empty for the source itself
public record Bind(String source, String target, boolean readOnly, Optional<ImagePart> part) {
    public Bind {
        Objects.requireNonNull(source);
        Objects.requireNonNull(target);
        Objects.requireNonNull(part);
    }

    /// A bind of the host.
    public Bind(String source, String target, boolean readOnly) {
        this(source, target, readOnly, Optional.empty());
    }

    /// A path in an image.
    ///
    /// @param path absolute, in the image's file system
    /// @param id the number of a SIF's data object; 0 for the image's only or primary file system, [#DATA]
    ///     for that of a data container
    public record ImagePart(String path, int id) {
        /// Stands for a data container's one layer.
        public static final int DATA = -1;

        public ImagePart {
            Objects.requireNonNull(path);
        }
    }

    /// Parses the value of `--bind`: a comma list of `source[:target[:options]]` with the options `ro`, `rw`,
    /// `image-src=PATH` and `id=N`, themselves between commas; `\:` and `\,` are literal.
    ///
    /// @param workingDirectory what relative sources are relative to
    public static List<Bind> parse(String list, String workingDirectory) throws UserException {
        var binds = new ArrayList<Bind>();
        List<String> items = split(list, ',');
        for (int i = 0; i < items.size(); i++) {
            String item = items.get(i);
            List<String> parts = split(item, ':');
            if (item.isEmpty()) {
                continue;
            }
            var bind = new BindBuilder("bind " + item, workingDirectory);
            if (parts.size() > 3) {
                throw bind.malformed();
            }
            bind.source(unescaped(parts.getFirst()));
            if (parts.size() > 1) {
                bind.target(unescaped(parts.get(1)));
            }
            if (parts.size() == 3) {
                bind.option(parts.get(2));
                while (i + 1 < items.size() && BindBuilder.isOption(items.get(i + 1))) {
                    bind.option(items.get(++i));
                }
            }
            binds.add(bind.bind());
        }
        return binds;
    }

    /// Parses the value of `--data`: `FILE:DESTINATION`, a data container and where it is mounted.
    public static Bind ofData(String item, String workingDirectory) throws UserException {
        List<String> parts = split(item, ':');
        if (parts.size() != 2 || parts.getFirst().isEmpty() || !parts.getLast().startsWith("/")) {
            throw new UserException(
                    "malformed --data " + item, "it is FILE:DESTINATION, the destination an absolute path");
        }
        var bind = new BindBuilder("data container " + item, workingDirectory);
        bind.source(unescaped(parts.getFirst()));
        bind.target(unescaped(parts.getLast()));
        Bind plain = bind.bind();
        return new Bind(plain.source(), plain.target(), true, Optional.of(new ImagePart("/", ImagePart.DATA)));
    }

    /// Parses the value of `--mount`: lines of comma-separated fields, of which `"` keeps commas and `""` is a `"`:
    /// `[type=bind,]source=PATH,destination=PATH[,ro][,image-src=PATH][,id=N]`.
    ///
    /// **Source:** RFC 4180 for the fields; Docker's `--mount` for the names.
    public static List<Bind> parseMounts(String lines, String workingDirectory) throws UserException {
        var binds = new ArrayList<Bind>();
        for (List<String> fields : MountFields.lines(lines)) {
            var bind = new BindBuilder("mount " + String.join(",", fields), workingDirectory);
            for (String field : fields) {
                bind.field(field);
            }
            binds.add(bind.bind());
        }
        return binds;
    }

    /// Splits at a character that no backslash precedes; backslashes stay.
    private static List<String> split(String text, char separator) {
        var parts = new ArrayList<String>();
        int start = 0;
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) == '\\') {
                i++;
            } else if (text.charAt(i) == separator) {
                parts.add(text.substring(start, i));
                start = i + 1;
            }
        }
        parts.add(text.substring(start));
        return parts;
    }

    private static String unescaped(String text) {
        if (text.indexOf('\\') < 0) {
            return text;
        }
        var plain = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean escape = c == '\\' && i + 1 < text.length() && ":,\\".indexOf(text.charAt(i + 1)) >= 0;
            plain.append(escape ? text.charAt(++i) : c);
        }
        return plain.toString();
    }

    /// One bind while its parts are read.
    private static final class BindBuilder {
        private final String item;
        private final String workingDirectory;
        private String source = "";
        private String target = "";
        private String imagePath = "";
        private int id;
        private boolean readOnly;
        private final boolean mount;

        BindBuilder(String item, String workingDirectory) {
            this.item = item;
            this.workingDirectory = workingDirectory;
            this.mount = item.startsWith("mount ");
        }

        static boolean isOption(String text) {
            return text.equals("ro") || text.equals("rw") || text.startsWith("image-src=") || text.startsWith("id=");
        }

        void source(String path) {
            source = path;
        }

        void target(String path) {
            target = path;
        }

        void option(String option) throws UserException {
            String value = option.substring(option.indexOf('=') + 1);
            if (option.equals("ro") || option.equals("rw")) {
                readOnly = option.equals("ro");
            } else if (option.startsWith("image-src=") && value.startsWith("/")) {
                imagePath = value;
            } else if (option.startsWith("id=") && number(value) > 0) {
                id = number(value);
            } else {
                throw new UserException(
                        "unknown option \"" + option + "\" in " + item,
                        "known are ro, rw, image-src=/PATH and id=NUMBER");
            }
        }

        void field(String field) throws UserException {
            int equals = field.indexOf('=');
            String key = equals < 0 ? field : field.substring(0, equals);
            String value = field.substring(equals + 1);
            switch (key) {
                case "type" -> {
                    if (!value.equals("bind")) {
                        throw new UserException(
                                "unknown type \"" + value + "\" in " + item, "the one type of --mount is bind");
                    }
                }
                case "source", "src" -> source = value;
                case "destination", "dst", "target" -> target = value;
                case "readonly", "ro" -> readOnly = equals < 0 || value.equals("true") || value.equals("1");
                case "rw" -> readOnly = false;
                case "image-src", "id" -> option(field);
                default ->
                    throw new UserException(
                            "unknown key \"" + key + "\" in " + item,
                            "known are type, source, destination, ro, image-src and id");
            }
        }

        Bind bind() throws UserException {
            if (source.isEmpty()) {
                throw malformed();
            }
            String absolute = source.startsWith("/") ? source : workingDirectory + "/" + source;
            String to = target.isEmpty() ? source : target;
            if (!to.startsWith("/")) {
                throw new UserException("the target of " + item + " is not an absolute path");
            }
            if (Path.of(to).normalize().getNameCount() == 0) {
                throw new UserException(item + " would hide the whole container", "bind below /");
            }
            boolean image = !imagePath.isEmpty() || id > 0;
            var part = image
                    ? Optional.of(new ImagePart(imagePath.isEmpty() ? "/" : imagePath, id))
                    : Optional.<ImagePart>empty();
            return new Bind(absolute, to, readOnly, part);
        }

        UserException malformed() {
            return new UserException(
                    "malformed " + item,
                    mount ? "it is [type=bind,]source=PATH,destination=PATH[,ro]" : "it is source[:target[:ro|rw]]");
        }

        private static int number(String digits) {
            int value = 0;
            for (int i = 0; i < digits.length(); i++) {
                char c = digits.charAt(i);
                if (c < '0' || c > '9' || i > 8) {
                    return 0;
                }
                value = value * 10 + c - '0';
            }
            return value;
        }
    }
}
