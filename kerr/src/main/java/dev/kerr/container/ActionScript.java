package dev.kerr.container;

import dev.kerr.container.ContainerSpec.Action;
import java.util.Map;

/// The POSIX shell program that stands between the C program and the payload: it sources the image's environment
/// scripts,
/// adds what the user set, brings the caller's variables back where the image sets none, and becomes the payload.
///
/// It runs in the container's own `/bin/sh`, whichever that is; all its own names begin with `_kerr` or `_KERR`, and
/// none
/// is left when the payload starts. Variables that a shell sets by itself are unset first, so that "is it set" later
/// means
/// "did the image set it".
///
/// **Source:** the environment rules of Apptainer's runtime.
final class ActionScript {
    /// The caller's variable X arrives as `_KERR_HOST_X`.
    static final String HOST_PREFIX = "_KERR_HOST_";

    /// The variable that lists the names of the caller's variables.
    static final String HOST_NAMES = "_KERR_HOST_NAMES";

    private static final String BEGIN = """
            unset TERM HOSTNAME HOSTTYPE MACHTYPE OSTYPE SHELL COLUMNS LINES OLDPWD SHLVL PS1 PROMPT_COMMAND
            export PWD
            _kerr_fail() { printf 'FATAL:   %s\\n' "$1" >&2; exit 255; }
            alias source=. 2>&-
            """;

    private static final String SOURCE = """
            _kerr_set=
            if [ -d /.singularity.d/env ]; then
              for _kerr_file in /.singularity.d/env/*.sh; do
                [ -f "$_kerr_file" ] || continue
                . "$_kerr_file"
                [ "$_kerr_file" = /.singularity.d/env/99-base.sh ] && _kerr_user && _kerr_set=1
              done
            elif [ -f /environment ]; then
              . /environment
            fi
            [ -n "$_kerr_set" ] || _kerr_user
            """;

    private static final String RESTORE = """
            unset IFS
            for _kerr_name in $_KERR_HOST_NAMES; do
              eval "if [ -z \\"\\${$_kerr_name+x}\\" ]; then export $_kerr_name=\\"\\$_KERR_HOST_$_kerr_name\\"
              elif [ -z \\"\\$$_kerr_name\\" ]; then unset $_kerr_name; fi
              unset _KERR_HOST_$_kerr_name"
            done
            case ${BASH_VERSION:+${SHLVL-}} in ''|*[!0-9]*) ;; *) SHLVL=$((SHLVL + 1));; esac
            unset _KERR_HOST_NAMES _kerr_name _kerr_file _kerr_set
            unset -f _kerr_user
            unalias source 2>&-
            """;

    private static final String EXEC = """
            case $1 in
            */*)
              [ -e "$1" ] || _kerr_fail "\\"$1\\": no such file in the container"
              [ ! -d "$1" ] || _kerr_fail "\\"$1\\" is a directory in the container"
              [ -x "$1" ] || _kerr_fail "\\"$1\\": permission denied: it is not executable";;
            *)
              _kerr_found=
              IFS=:
              for _kerr_dir in $PATH; do
                [ -f "${_kerr_dir:-.}/$1" ] && [ -x "${_kerr_dir:-.}/$1" ] && _kerr_found=1 && break
              done
              unset IFS _kerr_dir
              [ -n "$_kerr_found" ] || _kerr_fail "\\"$1\\": executable file not found in \\$PATH"
              unset _kerr_found;;
            esac
            unset -f _kerr_fail
            exec "$@"
            """;

    private static final String RUN = """
            for _kerr_script in /.singularity.d/runscript /singularity; do
              [ -x "$_kerr_script" ] && exec "$_kerr_script" "$@"
            done
            unset _kerr_script
            printf 'INFO:    no runscript in the container, starting /bin/sh\\n' >&2
            exec /bin/sh "$@"
            """;

    private static final String TEST = """
            [ -x /.singularity.d/test ] && exec /.singularity.d/test "$@"
            printf 'INFO:    no test script in the container\\n' >&2
            exit 0
            """;

    private static final String SHELL = """
            unset -f _kerr_fail
            if [ -x /bin/bash ]; then
              export SHELL=/bin/bash
              exec /bin/bash --norc "$@"
            fi
            export SHELL=/bin/sh
            exec /bin/sh "$@"
            """;

    private ActionScript() {}

    /// @param set what the user sets: values are evaluated by the shell inside double quotes, so that
    ///     `PATH=$PATH:/opt/bin` extends the image's path
    static String text(Action action, Map<String, String> set) {
        var script = new StringBuilder(BEGIN);
        script.append("_kerr_user() {\n");
        for (var variable : set.entrySet()) {
            script.append("  ")
                    .append(assignment(variable.getKey(), variable.getValue()))
                    .append('\n');
        }
        if (set.containsKey("LD_LIBRARY_PATH")) {
            script.append("  LD_LIBRARY_PATH=\"$LD_LIBRARY_PATH:/.singularity.d/libs\"\n");
        }
        script.append("  :\n}\n");
        script.append(SOURCE).append(RESTORE).append(action(action));
        return script.toString();
    }

    /// The names that act on the search path, and all others.
    private static String assignment(String name, String value) {
        String quoted = inDoubleQuotes(value);
        return switch (name) {
            case "PREPEND_PATH" -> evaluated("export PATH=\"" + quoted + ":$PATH\"");
            case "APPEND_PATH" -> evaluated("export PATH=\"$PATH:" + quoted + "\"");
            default -> evaluated("export " + name + "=\"" + quoted + "\"");
        };
    }

    /// A value that is no shell word must end in a message, not in a script that means something else: so it is
    /// evaluated apart, and what could be malformed is tried in a subshell before.
    private static String evaluated(String assignment) {
        String word = "'" + assignment.replace("'", "'\\''") + "'";
        boolean plain = assignment.indexOf('`') < 0 && assignment.indexOf('(') < 0 && assignment.indexOf('{') < 0;
        String trial =
                "(eval " + word + ") 2>&- || _kerr_fail \"a variable's value is no shell word: \"" + word + "\n  ";
        return (plain ? "" : trial) + "eval " + word;
    }

    /// A value between double quotes: one that the user has not escaped, or a backslash before ours, would end it.
    private static String inDoubleQuotes(String value) {
        var text = new StringBuilder(value.length() + 8);
        boolean escaped = false;
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '"' && !escaped) {
                text.append('\\');
            }
            text.append(c);
            escaped = c == '\\' && !escaped;
        }
        return escaped ? text.append('\\').toString() : text.toString();
    }

    private static String action(Action action) {
        return switch (action) {
            case EXEC -> EXEC;
            case RUN -> RUN;
            case TEST -> TEST;
            case SHELL -> SHELL;
            case STEP -> throw new IllegalArgumentException("a step runs without a script");
        };
    }
}
