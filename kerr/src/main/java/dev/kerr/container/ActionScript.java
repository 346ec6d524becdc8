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

    /// Variables that change others, and are none themselves.
    static final List<String> ADDED =
            List.of("PREPEND_PATH", "APPEND_PATH", "PREPEND_LD_LIBRARY_PATH", "APPEND_LD_LIBRARY_PATH");

    private static final String BEGIN = """
            unset TERM HOSTNAME HOSTTYPE MACHTYPE OSTYPE SHELL COLUMNS LINES OLDPWD SHLVL PS1 PROMPT_COMMAND
            export PWD
            _kerr_fail() { printf 'FATAL:   %s\\n' "$1" >&2; exit 255; }
            alias source=. 2>&-
            """;

    private static final String APP = """
            case $KERR_APPNAME in
            */*|.|..) false;;
            *) [ -d "/scif/apps/$KERR_APPNAME" ];;
            esac || {
              for _kerr_app in /scif/apps/*/; do
                [ -d "$_kerr_app" ] || continue
                _kerr_app=${_kerr_app%/}
                _kerr_apps="${_kerr_apps:- (hint: there is} ${_kerr_app##*/}"
              done
              printf 'FATAL:   Could not locate the container application: %s\\n' \\
                "$KERR_APPNAME${_kerr_apps:+$_kerr_apps)}" >&2
              exit 1
            }
            """;

    private static final String SOURCE = """
            _kerr_set=
            if [ -d /.singularity.d/env ]; then
              for _kerr_file in /.singularity.d/env/*.sh; do
                [ -f "$_kerr_file" ] || continue
                . "$_kerr_file"
                case $_kerr_file in
                /.singularity.d/env/10-docker*)
                  for _kerr_dir in /usr/local/sbin /usr/local/bin /usr/sbin /usr/bin /sbin /bin; do
                    case :$PATH: in *:$_kerr_dir:*) ;; *) PATH=$PATH:$_kerr_dir;; esac
                  done;;
                /.singularity.d/env/99-base.sh) _kerr_user && _kerr_set=1;;
                esac
              done
            elif [ -f /environment ]; then
              . /environment
            fi
            [ -n "$_kerr_set" ] || _kerr_user
            export PS1="${PS1:-Kerr> }"
            """;

    /// Evaluates a file of assignments: its name, its text. The caller's variables that the image does not set are lent
    /// to it; what of them it has not changed is taken back.
    private static final String FILES = """
            _kerr_evaluate() { eval "$_kerr_text"; }
            _kerr_file() {
              _kerr_name=$1 _kerr_text=$2 _kerr_home=$HOME _kerr_lent=
              unset IFS
              for _kerr_host in $_KERR_HOST_NAMES; do
                eval "[ -n \\"\\${$_kerr_host+x}\\" ] || {
                  $_kerr_host=\\$_KERR_HOST_$_kerr_host; _kerr_lent=\\"\\$_kerr_lent \\$_kerr_host\\"
                }"
              done
              (eval "if false; then :
            $_kerr_text

            fi") 2>&- || _kerr_fail "environment file $_kerr_name: it is no text for the shell in the container"
              trap '_kerr_fail "environment file $_kerr_name: it ended the shell in the container"' EXIT
              set +eu -a
              _kerr_evaluate
              set +a
              trap - EXIT
              unset IFS _kerr_aside_HOME _kerr_aside_UID _kerr_aside_GID
              for _kerr_host in $_kerr_lent; do
                eval "[ \\"\\${$_kerr_host-}\\" != \\"\\$_KERR_HOST_$_kerr_host\\" ] || unset $_kerr_host"
              done
              [ "$HOME" = "$_kerr_home" ] || {
                printf 'WARNING: variable HOME cannot be set for a container this way\\n' >&2
                HOME=$_kerr_home
              }
              unset _kerr_text _kerr_home _kerr_lent _kerr_host
            }
            """;

    private static final String RESTORE = """
            unset IFS
            for _kerr_name in $_KERR_HOST_NAMES; do
              eval "if [ -z \\"\\${$_kerr_name+x}\\" ]; then export $_kerr_name=\\"\\$_KERR_HOST_$_kerr_name\\"
              elif [ -z \\"\\$$_kerr_name\\" ]; then unset $_kerr_name; fi
              unset _KERR_HOST_$_kerr_name"
            done
            case ${BASH_VERSION:+${SHLVL-}} in ''|*[!0-9]*) ;; *) SHLVL=$((SHLVL + 1));; esac
            unset _KERR_HOST_NAMES _kerr_name _kerr_file _kerr_set _kerr_dir
            unset -f _kerr_user
            unalias source 2>&-
            """;

    /// Keeps the prompt that tells one is in a container, whatever the start-up files of the shell set.
    private static final String PROMPT = """
            if [ -z "${PROMPT_COMMAND-}" ]; then
              PROMPT_COMMAND="PS1=\\"$PS1\\"; unset PROMPT_COMMAND"
            else
              PROMPT_COMMAND="$PROMPT_COMMAND; PROMPT_COMMAND=\\"\\${PROMPT_COMMAND%%; PROMPT_COMMAND=*}\\""
              PROMPT_COMMAND="$PROMPT_COMMAND; PS1=\\"$PS1\\""
            fi
            export PROMPT_COMMAND
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

    private static final String START = """
            [ -x /.singularity.d/startscript ] && exec /.singularity.d/startscript "$@"
            printf 'INFO:    no startscript in the container\\n' >&2
            exit 0
            """;

    /// The word stands for `runscript`, `startscript` or `test`.
    private static final String OF_APP = """
            [ -x "/scif/apps/$KERR_APPNAME/scif/WORD" ] && exec "/scif/apps/$KERR_APPNAME/scif/WORD" "$@"
            printf 'ERROR:   no WORD for contained app: %s\\n' "$KERR_APPNAME" >&2
            exit 1
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

    private static final String THIS_SHELL = """
            export SHELL="$KERR_SHELL"
            set -- "$KERR_SHELL" "$@"
            """;

    /// What is done with the variables that change another, if any are set.
    private static final String ADDITIONS = """
              [ -z "${PREPEND_PATH-}" ] || export PATH="$PREPEND_PATH:$PATH"
              [ -z "${APPEND_PATH-}" ] || export PATH="$PATH:$APPEND_PATH"
              [ -z "${PREPEND_LD_LIBRARY_PATH-}" ] ||
                export LD_LIBRARY_PATH="$PREPEND_LD_LIBRARY_PATH${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
              [ -z "${APPEND_LD_LIBRARY_PATH-}" ] ||
                export LD_LIBRARY_PATH="${LD_LIBRARY_PATH:+$LD_LIBRARY_PATH:}$APPEND_LD_LIBRARY_PATH"
              unset PREPEND_PATH APPEND_PATH PREPEND_LD_LIBRARY_PATH APPEND_LD_LIBRARY_PATH
            """;

    private ActionScript() {}

    /// @param rules values are evaluated by the shell inside double quotes, so that `PATH=$PATH:/opt/bin` extends the
    ///     image's path, unless they are to be taken literally
    static String text(Payload payload, EnvironmentRules rules) {
        boolean app = payload.variant().app().isPresent();
        var script = new StringBuilder(BEGIN);
        if (app) {
            script.append(APP);
        }
        if (!rules.files().isEmpty()) {
            script.append(FILES);
        }
        script.append("_kerr_user() {\n");
        addUser(script, rules);
        script.append("  :\n}\n");
        script.append(SOURCE).append(RESTORE);
        if (!rules.files().isEmpty()) {
            script.append("unset -f _kerr_file _kerr_evaluate\n");
        }
        return script.append(PROMPT).append(action(payload)).toString();
    }

    private static void addUser(StringBuilder script, EnvironmentRules rules) {
        if (rules.set().isEmpty() && rules.files().isEmpty()) {
            return;
        }
        script.append("  unset PREPEND_PATH APPEND_PATH PREPEND_LD_LIBRARY_PATH APPEND_LD_LIBRARY_PATH\n");
        script.append("  _kerr_libs=${LD_LIBRARY_PATH-}\n");
        for (String name : rules.last().keySet()) {
            script.append("  _kerr_image_" + name + "=${" + name + "-}\n");
        }
        addAssignments(script, rules.set(), rules.literal());
        for (EnvironmentFile file : rules.files()) {
            script.append("  _kerr_file " + inSingleQuotes(file.name()) + " " + inSingleQuotes(file.text()) + "\n");
        }
        for (String name : rules.last().keySet()) {
            // what the option refers to is the image's value, not the file's
            String image = "_kerr_image_" + name;
            script.append("  " + name + "=$" + image + "; [ -n \"$" + name + "\" ] || unset " + name);
            script.append("; unset " + image + "\n");
        }
        addAssignments(script, rules.last(), rules.literal());
        script.append("""
                  [ "${LD_LIBRARY_PATH-}" = "$_kerr_libs" ] ||
                    LD_LIBRARY_PATH=${LD_LIBRARY_PATH:+$LD_LIBRARY_PATH:}/.singularity.d/libs
                  unset _kerr_libs
                """);
        script.append(ADDITIONS);
    }

    private static void addAssignments(StringBuilder script, Map<String, String> set, boolean literal) {
        for (var variable : set.entrySet()) {
            String assignment = variable.getKey() + "=";
            String export = ADDED.contains(variable.getKey()) ? "" : "export ";
            script.append("  ");
            if (literal) {
                script.append(export + assignment + inSingleQuotes(variable.getValue()));
            } else {
                script.append(evaluated(export + assignment + "\"" + inDoubleQuotes(variable.getValue()) + "\""));
            }
            script.append('\n');
        }
    }

    /// A value that is no shell word must end in a message, not in a script that means something else: so it is
    /// evaluated apart, and what could be malformed is tried in a subshell before.
    private static String evaluated(String assignment) {
        String word = inSingleQuotes(assignment);
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

    private static String inSingleQuotes(String value) {
        return "'" + value.replace("'", "'\\''") + "'";
    }

    private static String action(Payload payload) {
        boolean app = payload.variant().app().isPresent();
        return switch (payload.action()) {
            case EXEC -> EXEC;
            case RUN -> app ? OF_APP.replace("WORD", "runscript") : RUN;
            case TEST -> app ? OF_APP.replace("WORD", "test") : TEST;
            case START -> app ? OF_APP.replace("WORD", "startscript") : START;
            case SHELL -> payload.variant().shell().isPresent() ? THIS_SHELL + EXEC : SHELL;
            case STEP -> throw new IllegalArgumentException("a step runs without a script");
        };
    }
}
