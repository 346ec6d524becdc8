package dev.kerr.inspect;

/// Attributes in the form that `inspect` prints for a person.
final class InspectionText {
    private InspectionText() {}

    static void append(StringBuilder text, Attributes attributes) {
        Attributes.Scripts scripts = attributes.scripts();
        line(text, scripts.deffile());
        line(text, scripts.runscript());
        line(text, scripts.startscript());
        line(text, scripts.test());
        line(text, scripts.helpfile());
        attributes.environment().forEach((path, content) -> {
            text.append("=== ").append(path).append(" ===\n");
            text.append(content).append("\n\n");
        });
        attributes
                .labels()
                .forEach((key, value) ->
                        text.append(key).append(": ").append(value).append('\n'));
    }

    private static void line(StringBuilder text, String content) {
        if (!content.isEmpty()) {
            text.append(content).append('\n');
        }
    }
}
