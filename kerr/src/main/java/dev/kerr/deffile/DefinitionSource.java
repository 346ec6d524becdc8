package dev.kerr.deffile;

import dev.kerr.log.UserException;

/// Where a definition came from, as the user wrote it; it makes the messages that point into it.
///
/// @param hasColumns whether lines that are read are as the user wrote them
record DefinitionSource(String name, boolean hasColumns) {
    DefinitionSource(String name) {
        this(name, true);
    }

    /// For lines that were made of something else.
    DefinitionSource withoutColumns() {
        return new DefinitionSource(name, false);
    }

    UserException error(int line, String message) {
        return new UserException(at(line, message));
    }

    UserException error(int line, String message, String hint) {
        return new UserException(at(line, message), hint);
    }

    /// @param column from 1; 0 if it is not known
    UserException error(int line, int column, String message, String hint) {
        return column == 0 || !hasColumns
                ? error(line, message, hint)
                : new UserException(name + ":" + line + ":" + column + ": " + message, hint);
    }

    String at(int line, String message) {
        return name + ":" + line + ": " + message;
    }
}
