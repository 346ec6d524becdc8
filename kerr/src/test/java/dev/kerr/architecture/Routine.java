package dev.kerr.architecture;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// A method of Java or a function of C, found by counting braces.
///
/// @param line the line that its header starts on, from 1
/// @param lines how many lines it has, header and closing brace included
record Routine(int line, int lines) {
    private static final Pattern TYPE = Pattern.compile("\\b(class|interface|enum|record)\\s+\\w+");
    private static final Pattern ENDS_AS_HEADER = Pattern.compile("\\)\\s*(throws\\s[\\w\\s.,]+)?$");

    private enum Block {
        TYPE,
        ROUTINE,
        OTHER
    }

    private record Open(Block block, int line) {}

    /// The routines of a source; those inside others (in local classes) count as part of the outer one.
    static List<Routine> of(SourceText source) {
        var routines = new ArrayList<Routine>();
        var open = new ArrayDeque<Open>();
        var code = source.code();
        int line = 1;
        int headerStart = 0;
        for (int i = 0; i < code.length(); i++) {
            switch (code.charAt(i)) {
                case '\n' -> line++;
                case ';' -> headerStart = i + 1;
                case '{' -> {
                    var header = code.substring(headerStart, i);
                    int headerLines = (int)
                            header.stripLeading().chars().filter(c -> c == '\n').count();
                    open.push(new Open(blockOf(header.strip(), open, source.isC()), line - headerLines));
                    headerStart = i + 1;
                }
                case '}' -> {
                    if (!open.isEmpty() && open.pop() instanceof Open(var block, var from) && block == Block.ROUTINE) {
                        routines.add(new Routine(from, line - from + 1));
                    }
                    headerStart = i + 1;
                }
                default -> {}
            }
        }
        return List.copyOf(routines);
    }

    private static Block blockOf(String header, ArrayDeque<Open> open, boolean isC) {
        boolean inType = open.isEmpty() ? isC : open.peek().block() == Block.TYPE;
        if (!isC && TYPE.matcher(header).find()) {
            return Block.TYPE;
        }
        if (inType && !header.contains("=") && ENDS_AS_HEADER.matcher(header).find()) {
            return Block.ROUTINE;
        }
        return Block.OTHER;
    }
}
