package dev.kerr.inspect;

/// One kind of metadata that an inspection can be narrowed to.
public enum Aspect {
    LABELS,
    DEFFILE,
    RUNSCRIPT,
    STARTSCRIPT,
    TEST,
    ENVIRONMENT,
    HELPFILE
}
