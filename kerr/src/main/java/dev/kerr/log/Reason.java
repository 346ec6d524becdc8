package dev.kerr.log;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/// Why something failed, in words for a message: what the JDK's exceptions say is for some of them no more than the
/// path.
public final class Reason {
    private Reason() {}

    /// The reason without the path, in lower case: `no space left on device`.
    public static String of(IOException failure) {
        return switch (failure) {
            case NoSuchFileException missing -> "no such file or directory";
            case AccessDeniedException denied -> "permission denied";
            case FileAlreadyExistsException there -> "it exists already";
            case FileSystemException file -> lowerCase(String.valueOf(file.getReason()));
            default -> lowerCase(String.valueOf(failure.getMessage()));
        };
    }

    /// What the C library says begins with a capital: `No space left on device`.
    private static String lowerCase(String text) {
        boolean isWord = text.length() > 1 && Character.isLowerCase(text.charAt(1));
        return isWord ? Character.toLowerCase(text.charAt(0)) + text.substring(1) : text;
    }
}
