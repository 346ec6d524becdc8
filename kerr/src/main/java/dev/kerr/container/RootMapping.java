package dev.kerr.container;

/// How a caller without privilege is root in a container. The order is that of preference.
public enum RootMapping {
    /// With the caller's ranges of sub-ids as the other ids.
    SUB_IDS,
    /// With the caller's id alone. System calls that would need others, or devices, report success and do nothing.
    EMULATED,
    /// With the caller's id alone. Such system calls fail.
    SINGLE
}
