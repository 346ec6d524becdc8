package dev.kerr.build;

/// Where metadata is in an image, relative to its root.
final class MetadataPaths {
    static final String DIRECTORY = ".singularity.d";
    static final String ENVIRONMENT_OF_DEFINITION = DIRECTORY + "/env/90-environment.sh";
    static final String ENVIRONMENT_OF_POST = DIRECTORY + "/env/91-environment.sh";
    static final String ENVIRONMENT_OF_APPS = DIRECTORY + "/env/94-appsbase.sh";
    static final String LABELS = DIRECTORY + "/labels.json";
    static final String LABELS_OF_POST = ".build.labels";
    static final String RUNSCRIPT = DIRECTORY + "/runscript";
    static final String STARTSCRIPT = DIRECTORY + "/startscript";
    static final String TEST = DIRECTORY + "/test";
    static final String HELP = DIRECTORY + "/runscript.help";
    static final String DEFINITION = DIRECTORY + "/Singularity";
    static final String HISTORY = DIRECTORY + "/bootstrap_history";

    private MetadataPaths() {}
}
