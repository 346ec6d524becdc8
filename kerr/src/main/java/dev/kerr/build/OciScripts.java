package dev.kerr.build;

import dev.kerr.config.Variables;
import dev.kerr.image.Image;
import dev.kerr.oci.ImageConfig;
import java.util.List;
import java.util.Map;

/// What an OCI configuration says of environment and command, as scripts of an image.
///
/// Values are words in double quotes, whose special characters are escaped: they mean what they are, in each shell.
public final class OciScripts {
    /// What a backslash makes plain between double quotes.
    private static final String SPECIAL = "\\\"$`";

    private static final String SPECIAL_IN_BRACES = SPECIAL + "}";

    private OciScripts() {}

    /// The scripts of an image of layers by their paths below `/.singularity.d`.
    public static Map<String, String> files(Image.Layered image) {
        var execution = image.config().execution();
        return Map.of("env/10-docker2singularity.sh", environment(execution), "runscript", runscript(execution));
    }

    /// Sets `PATH`, and all other variables unless the caller has set them.
    ///
    /// **Source:** the file of this name in images that the field makes of OCI images.
    static String environment(ImageConfig.Execution execution) {
        var script = new StringBuilder("#!/bin/sh\n");
        for (String variable : execution.environment()) {
            int equals = variable.indexOf('=');
            String name = equals < 0 ? variable : variable.substring(0, equals);
            String value = equals < 0 ? "" : variable.substring(equals + 1);
            if (!Variables.isName(name)) {
                continue;
            }
            script.append("export ").append(name).append('=');
            if (name.equals("PATH")) {
                script.append(quoted(value, SPECIAL));
            } else {
                script.append("\"${")
                        .append(name)
                        .append(":-")
                        .append(quoted(value, SPECIAL_IN_BRACES))
                        .append("}\"");
            }
            script.append('\n');
        }
        return script.toString();
    }

    /// Starts the entry point with the command, or with the arguments in the command's place. No argument is evaluated.
    static String runscript(ImageConfig.Execution execution) {
        return "#!/bin/sh\n"
                + "OCI_ENTRYPOINT=" + singleQuoted(words(execution.entrypoint())) + "\n"
                + "OCI_CMD=" + singleQuoted(words(execution.command())) + "\n"
                + Texts.of("oci-runscript");
    }

    private static String words(List<String> words) {
        var text = new StringBuilder();
        for (String word : words) {
            text.append(text.isEmpty() ? "" : " ").append(quoted(word, SPECIAL));
        }
        return text.toString();
    }

    private static String singleQuoted(String text) {
        return "'" + text.replace("'", "'\\''") + "'";
    }

    private static String quoted(String value, String special) {
        var text = new StringBuilder("\"");
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (special.indexOf(c) >= 0) {
                text.append('\\');
            }
            text.append(c);
        }
        return text.append('"').toString();
    }
}
