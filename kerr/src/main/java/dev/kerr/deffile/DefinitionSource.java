package dev.kerr.deffile;

import dev.kerr.log.UserException;

/// Where a definition came from, as the user wrote it; it makes the messages that point into it.
record DefinitionSource(String name) {
    UserException error(int line, String message) {
        return new UserException(at(line, message));
    }

    UserException error(int line, String message, String hint) {
        return new UserException(at(line, message), hint);
    }

    String at(int line, String message) {
        return name + ":" + line + ": " + message;
    }
}
