package dev.kerr.inspect;

import dev.kerr.log.UserException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// Collects the attributes of an image from its files.
final class MetadataReader {
    private static final String METADATA = "/.singularity.d";
    private static final String APPS = "/scif/apps";

    private final ImageFiles files;

    MetadataReader(ImageFiles files) {
        this.files = files;
    }

    Inspection read() throws IOException, UserException {
        SortedMap<String, Attributes> apps = new TreeMap<>();
        for (String name : files.list(APPS)) {
            Attributes attributes = attributes(APPS + "/" + name + "/scif");
            if (!attributes.equals(Attributes.NONE)) {
                apps.put(name, attributes);
            }
        }
        return new Inspection(attributes(METADATA), apps);
    }

    private Attributes attributes(String directory) throws IOException, UserException {
        Attributes.Scripts scripts = new Attributes.Scripts(
                text(directory + "/runscript"),
                text(directory + "/test"),
                text(directory + "/runscript.help"),
                text(directory + "/Singularity"),
                text(directory + "/startscript"));
        return new Attributes(environment(directory + "/env"), labels(directory + "/labels.json"), scripts);
    }

    private SortedMap<String, String> environment(String directory) throws IOException {
        SortedMap<String, String> environment = new TreeMap<>();
        List<String> names = files.list(directory);
        for (String name : names) {
            if (name.startsWith("9") && name.endsWith("-environment.sh")) {
                String text = text(directory + "/" + name);
                if (!text.isEmpty()) {
                    environment.put(directory + "/" + name, text);
                }
            }
        }
        return environment;
    }

    private SortedMap<String, String> labels(String path) throws IOException, UserException {
        Optional<byte[]> content = files.read(path);
        return content.isPresent() ? LabelsJson.decode(content.get(), path) : new TreeMap<>();
    }

    /// The text of a file without the newlines at its end, as a shell's `$(cat …)` gives it.
    private String text(String path) throws IOException {
        String text = new String(files.read(path).orElse(new byte[0]), StandardCharsets.UTF_8);
        int end = text.length();
        while (end > 0 && text.charAt(end - 1) == '\n') {
            end--;
        }
        return text.substring(0, end);
    }
}
