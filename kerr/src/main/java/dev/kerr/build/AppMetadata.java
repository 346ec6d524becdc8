package dev.kerr.build;

import dev.kerr.deffile.App;
import dev.kerr.deffile.SectionName;
import dev.kerr.inspect.LabelsJson;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// The files that applications (SCIF) have in an image, below `/scif`.
///
/// **Source:** the Scientific Filesystem specification, and the files that the peers write.
final class AppMetadata {
    private static final String BASE = """
            #!/bin/sh

            SCIF_APPNAME=%1$s
            SCIF_APPROOT="/scif/apps/%1$s"
            SCIF_APPMETA="/scif/apps/%1$s/scif"
            SCIF_DATA="/scif/data"
            SCIF_APPDATA="/scif/data/%1$s"
            SCIF_APPINPUT="/scif/data/%1$s/input"
            SCIF_APPOUTPUT="/scif/data/%1$s/output"
            export SCIF_APPNAME SCIF_APPROOT SCIF_APPMETA SCIF_DATA SCIF_APPDATA SCIF_APPINPUT SCIF_APPOUTPUT
            """;

    private AppMetadata() {}

    /// The directory of an application in the image, relative to its root.
    static String directory(App app) {
        return "scif/apps/" + app.name();
    }

    /// Directories and files of all applications, and the script that tells each about the others.
    static StagedTree tree(List<App> apps) {
        StagedTree tree = new StagedTree();
        for (App app : apps) {
            addDirectories(tree, app);
            addFiles(tree, app);
        }
        return tree.script(
                MetadataPaths.ENVIRONMENT_OF_APPS,
                apps.stream().map(AppMetadata::exports).collect(Collectors.joining("\n")));
    }

    /// What `%appinstall` sections add to the script of `%post`, in order of appearance; empty if there are
    /// none.
    static String installScript(List<App> apps) {
        return apps.stream()
                .filter(app -> app.body(SectionName.APPINSTALL).isPresent())
                .map(app -> """

                        cd /
                        . /%1$s/scif/env/01-base.sh
                        cd /%1$s
                        %2$s
                        cd /
                        """.formatted(
                                directory(app), app.body(SectionName.APPINSTALL).orElse("")))
                .collect(Collectors.joining());
    }

    private static void addDirectories(StagedTree tree, App app) {
        tree.directory(directory(app) + "/bin");
        tree.directory(directory(app) + "/lib");
        tree.directory("scif/data/" + app.name() + "/input");
        tree.directory("scif/data/" + app.name() + "/output");
    }

    private static void addFiles(StagedTree tree, App app) {
        String metadata = directory(app) + "/scif/";
        tree.script(metadata + "env/01-base.sh", BASE.formatted(app.name()));
        app.body(SectionName.APPENV).ifPresent(text -> tree.script(metadata + "env/90-environment.sh", text));
        app.body(SectionName.APPRUN).ifPresent(text -> tree.script(metadata + "runscript", ScriptText.of(text, "")));
        app.body(SectionName.APPSTART)
                .ifPresent(text -> tree.script(metadata + "startscript", ScriptText.of(text, "")));
        app.body(SectionName.APPTEST).ifPresent(text -> tree.script(metadata + "test", ScriptText.of(text, "")));
        app.body(SectionName.APPHELP).ifPresent(text -> tree.data(metadata + "runscript.help", text));
        SortedMap<String, String> labels = new TreeMap<>(app.labels());
        labels.put("SCIF_APP_NAME", app.name());
        tree.data(metadata + "labels.json", LabelsJson.encode(labels));
    }

    private static String exports(App app) {
        String suffix = "_" + app.name().replaceAll("\\W", "_") + "=";
        String root = "/" + directory(app);
        StringBuilder text = new StringBuilder("# ").append(app.name()).append('\n');
        export(text, "SCIF_APPDATA" + suffix, "/scif/data/" + app.name());
        export(text, "SCIF_APPMETA" + suffix, root + "/scif");
        export(text, "SCIF_APPROOT" + suffix, root);
        export(text, "SCIF_APPBIN" + suffix, root + "/bin");
        export(text, "SCIF_APPLIB" + suffix, root + "/lib");
        if (app.sections().containsKey(SectionName.APPENV)) {
            export(text, "SCIF_APPENV" + suffix, root + "/scif/env/90-environment.sh");
        }
        export(text, "SCIF_APPLABELS" + suffix, root + "/scif/labels.json");
        if (app.sections().containsKey(SectionName.APPRUN)) {
            export(text, "SCIF_APPRUN" + suffix, root + "/scif/runscript");
        }
        if (app.sections().containsKey(SectionName.APPSTART)) {
            export(text, "SCIF_APPSTART" + suffix, root + "/scif/startscript");
        }
        return text.toString();
    }

    private static void export(StringBuilder text, String assignment, String value) {
        text.append("export ").append(assignment).append('"').append(value).append("\"\n");
    }
}
