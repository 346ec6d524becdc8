package dev.kerr.cgroups;

/// What is to be written to a file of a control group.
///
/// @param file its name in the group's directory
public record Setting(String file, String value) {}
