package dev.kerr.container;

import dev.kerr.container.ContainerSpec.EnvironmentFile;
import dev.kerr.container.ContainerSpec.EnvironmentRules;
import dev.kerr.container.ContainerSpec.Payload;
import java.util.List;
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
            _kerr_path() {
              for _kerr_dir in /usr/local/sbin /usr/local/bin /usr/sbin /usr/bin /sbin /bin; do
                case :$PATH: in *:$_kerr_dir:*) ;; *) PATH=${PATH:+$PATH:}$_kerr_dir;; esac
              done
              unset _kerr_dir
            }
            """;

    /// The caller's variables are seen while files are evaluated, and are not set by that.
    private static final String FILES_BEGIN = """
              _kerr_seen=
              for _kerr_name in $_KERR_HOST_NAMES; do
                eval "[ -n \\"\\${$_kerr_name+x}\\" ] || {
                  $_kerr_name=\\"\\$_KERR_HOST_$_kerr_name\\" && _kerr_seen=\\"\\$_kerr_seen $_kerr_name\\"; }"
              done
              _kerr_home=$HOME
              set -a
            """;

    private static final String FILES_END = """
              set +a
              HOME=$_kerr_home
              for _kerr_name in $_kerr_seen; do
                eval "[ \\"\\$$_kerr_name\\" != \\"\\$_KERR_HOST_$_kerr_name\\" ] || unset $_kerr_name"
              done
              unset _kerr_seen _kerr_home _kerr_name
            """;

    private static final String SOURCE = """
            _kerr_set=
            if [ -d /.singularity.d/env ]; then
              for _kerr_file in /.singularity.d/env/*.sh; do
                [ -f "$_kerr_file" ] || continue
                . "$_kerr_file"
                case $_kerr_file in */10-docker*) _kerr_path;; esac
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
            unset -f _kerr_user _kerr_path
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

    /// `%s` is the application's name, `%s` the script's.
    private static final String APP = """
            [ -x /scif/apps/%1$s/scif/%2$s ] && exec /scif/apps/%1$s/scif/%2$s "$@"
            printf 'FATAL:   the application %1$s has no %2$s\\n' >&2
            exit 1
            """;

    private static final String APP_CHECK = """
            if [ ! -d /scif/apps/%1$s ]; then
              printf 'FATAL:   no application %1$s in the container\\n' >&2
              exit 1
            fi
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

    private static final String OTHER_SHELL = """
            [ -x "$SHELL" ] || _kerr_fail "the shell $SHELL is not in the container"
            unset -f _kerr_fail
            exec "$SHELL" "$@"
            """;

    private ActionScript() {}

    /// The script of a launch. Values that the user sets are evaluated inside double quotes, so that
    /// `PATH=$PATH:/opt/bin` extends the image's path, unless the rules say otherwise.
    static String text(Payload payload, EnvironmentRules rules) {
        var script = new StringBuilder(BEGIN);
        if (!payload.app().isEmpty()) {
            script.append(APP_CHECK.replace("%1$s", payload.app()));
        }
        script.append("_kerr_user() {\n");
        assign(rules.exported(), rules.evaluated(), script);
        if (!rules.files().isEmpty()) {
            files(rules.files(), script);
        }
        assign(rules.set(), rules.evaluated(), script);
        if (rules.exported().containsKey("LD_LIBRARY_PATH") || rules.set().containsKey("LD_LIBRARY_PATH")) {
            script.append("  LD_LIBRARY_PATH=\"$LD_LIBRARY_PATH:/.singularity.d/libs\"\n");
        }
        script.append("  :\n}\n");
        script.append(SOURCE).append(RESTORE).append(action(payload));
        return script.toString();
    }

    private static void assign(Map<String, String> variables, boolean evaluate, StringBuilder script) {
        for (var variable : variables.entrySet()) {
            script.append("  ")
                    .append(assignment(variable.getKey(), variable.getValue(), evaluate))
                    .append('\n');
        }
    }

    /// Files that are no shell text must end in a message: so they are tried in a subshell before.
    private static void files(List<EnvironmentFile> files, StringBuilder script) {
        script.append(FILES_BEGIN);
        for (EnvironmentFile file : files) {
            String word = quoted(file.text());
            script.append("  (eval ").append(word).append(") >&- 2>&- || _kerr_fail ");
            script.append(
                    quoted("the environment file " + file.name() + " cannot be evaluated by the container's shell"));
            script.append("\n  eval ").append(word).append('\n');
        }
        script.append(FILES_END);
    }

    private static String quoted(String text) {
        return "'" + text.replace("'", "'\\''") + "'";
    }

    /// The names that act on the search path, and all others.
    private static String assignment(String name, String value, boolean evaluate) {
        String word = evaluate ? "\"" + inDoubleQuotes(value) + "\"" : quoted(value);
        String assignment = switch (name) {
            case "PREPEND_PATH" -> "export PATH=" + word + "\":$PATH\"";
            case "APPEND_PATH" -> "export PATH=\"$PATH:\"" + word;
            case "PREPEND_LD_LIBRARY_PATH" ->
                "export LD_LIBRARY_PATH=" + word + "\"${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}\"";
            case "APPEND_LD_LIBRARY_PATH" -> "export LD_LIBRARY_PATH=\"${LD_LIBRARY_PATH:+$LD_LIBRARY_PATH:}\"" + word;
            default -> "export " + name + "=" + word;
        };
        return evaluate ? evaluated(assignment) : assignment;
    }

    /// A value that is no shell word must end in a message, not in a script that means something else: so it is
    /// evaluated apart, and what could be malformed is tried in a subshell before.
    private static String evaluated(String assignment) {
        String word = quoted(assignment);
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

    private static String action(Payload payload) {
        String app = payload.app();
        return switch (payload.action()) {
            case EXEC -> EXEC;
            case RUN -> app.isEmpty() ? RUN : APP.replace("%1$s", app).replace("%2$s", "runscript");
            case TEST -> app.isEmpty() ? TEST : APP.replace("%1$s", app).replace("%2$s", "test");
            case SHELL ->
                payload.shell().isEmpty() ? SHELL : "export SHELL=" + quoted(payload.shell()) + "\n" + OTHER_SHELL;
            case STEP -> throw new IllegalArgumentException("a step runs without a script");
        };
    }
}
