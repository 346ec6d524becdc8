package dev.kerr.gpu;

import dev.kerr.log.UserException;
import java.util.ArrayList;
import java.util.List;

/// What of a driver a container needs: the content of `nvliblist.conf` or `rocmliblist.conf`.
///
/// One name a line; a line that begins with `#` is a comment. A name with `.so` in it is a library: the beginning of
/// sonames, or a path. Another path is a file that is wanted where it is, and any other name is a program.
///
/// @param libraries beginnings of sonames: `libcuda.so`
/// @param libraryFiles absolute paths of libraries that no cache knows
/// @param files absolute paths
/// @param programs names of programs
public record LibraryList(
        List<String> libraries, List<String> libraryFiles, List<String> files, List<String> programs) {
    public LibraryList {
        libraries = List.copyOf(libraries);
        libraryFiles = List.copyOf(libraryFiles);
        files = List.copyOf(files);
        programs = List.copyOf(programs);
    }

    /// Reads the text of a list.
    ///
    /// @param path of the list, for messages
    /// @throws UserException if a name has a slash but is not absolute, or climbs with `..`
    public static LibraryList parse(String text, String path) throws UserException {
        var libraries = new ArrayList<String>();
        var libraryFiles = new ArrayList<String>();
        var files = new ArrayList<String>();
        var programs = new ArrayList<String>();
        int number = 0;
        for (int at = 0; at < text.length(); ) {
            int end = text.indexOf('\n', at);
            end = end < 0 ? text.length() : end;
            String name = text.substring(at, end).strip();
            at = end + 1;
            number++;
            if (name.isEmpty() || name.startsWith("#")) {
                continue;
            }
            boolean library = name.contains(".so");
            if (name.startsWith("/") && !name.contains("/../") && !name.endsWith("/..")) {
                (library ? libraryFiles : files).add(name);
            } else if (name.indexOf('/') < 0) {
                (library ? libraries : programs).add(name);
            } else {
                throw new UserException(
                        path + ":" + number + ": " + name + " is neither a name nor an absolute path",
                        "a line is a program, the beginning of a soname, or an absolute path");
            }
        }
        return new LibraryList(libraries, libraryFiles, files, programs);
    }
}
