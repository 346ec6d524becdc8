package dev.kerr.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.kerr.log.UserException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SimpleScriptTest {
    private final SimpleScript.Variables variables = new SimpleScript.Variables();
    private final SimpleScript script = new SimpleScript("/env/90.sh", variables);

    /// Each is compared with what `/bin/sh` makes of it.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "# no more than a comment: it's one",
                "export A=B",
                "A=1",
                "A=1; export A",
                "A=1 B=2\nexport A B C",
                "export A=\"two  words\" # said",
                "export A='it is $HOME' B=it\\'s",
                "A='one\ntwo'\nexport A",
                "export A=\"one\\\ntwo\"",
                "export A=a#b",
                "export A=\"$HOME/x:${HOME}y\"",
                "export A=$HOME/x",
                "export A=${NONE:-default} B=${HOME:-default} C=${NONE-d} E=\"${HOME:+yes}\" F=\"${NONE:+no}\"",
                ": ${A:=one}\n: \"${B:=two words}\"\nexport A B",
                "export X=\"${X:-\"d f\"}\"",
                "export X=\"${X:-\"a=b=c\"}\"",
                "EMPTY=\nexport A=\"<${EMPTY:-colon}><${EMPTY-none}><${EMPTY+set}>\"",
                "export A=\"\\$HOME \\\\ \\\" \\x\"",
                "export A=\"$\" B=\"5$ each\"",
                "export A=*.c B=[x]",
                "export PATH=/opt/bin:$PATH",
                "export A=1\nunset A",
                "true\n:\nexport A=a\\ b",
                "\texport A=1\t\n\n  export B=2 ;export C=3",
                "export A=\"ünïcödé ☃\"",
                "export A=a~b",
                "export \\\n  A=1 \\\n  B=2",
            })
    void what_is_simple_is_what_a_shell_makes_of_it(String text) throws Exception {
        variables.export("HOME", "/home/ada");
        variables.export("PATH", "/usr/bin:/bin");
        script.evaluate(text, false);
        assertThat(variables.exported()).isEqualTo(ofShell(text));
    }

    private static Map<String, String> ofShell(String text) throws Exception {
        var builder = new ProcessBuilder("/bin/sh", "-c", text + "\nunset PWD OLDPWD SHLVL _\nexec /usr/bin/env -0");
        builder.environment().clear();
        builder.environment().put("HOME", "/home/ada");
        builder.environment().put("PATH", "/usr/bin:/bin");
        var process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        var result = new LinkedHashMap<String, String>();
        for (String variable : output.split("\0")) {
            int equals = variable.indexOf('=');
            if (!variable.startsWith("_=")) {
                result.put(variable.substring(0, equals), variable.substring(equals + 1));
            }
        }
        assertThat(process.waitFor()).isZero();
        return result;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '→',
            quoteCharacter = '§',
            value = {
                "if true; then A=1; fi → 'if'",
                "A=1 ls → 'A=1'",
                ". /other → '.'",
                "export -n A → 'export'",
                "export A=$(id) → '$('",
                "export A=`id` → a command in backquotes",
                "export A=${A%x} → '${A%'",
                "export A=${#A} → '${#'",
                "export A=${A:?gone} → '${A:?'",
                "export A=$1 → '$1'",
                "export A=$@ → '$@'",
                "export A=\"open → a quote without its end",
                "export A='open → a quote without its end",
                "export A=${A:-open → a brace without its end",
                "export A=1 | cat → '|' here",
                "export A=1 && true → '&' here",
                "export A=1 >/x → '>' here",
                "export A=~/x → '~' here",
                "export A=/y:~/x → '~' here",
                "export $A → a variable without quotes",
            })
    void what_is_not_is_refused_with_its_line(String line, String what) {
        variables.export("A", "a b");
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> script.evaluate("# first\nexport FIRST=1\n" + line, false))
                .withMessage("/env/90.sh:3: " + what + " needs a shell, and the image has none");
    }

    @Test
    void all_that_is_assigned_is_exported_if_that_is_asked_for() throws Exception {
        script.evaluate("A=1\nB=2 C=3", true);
        assertThat(variables.exported()).isEqualTo(Map.of("A", "1", "B", "2", "C", "3"));
    }

    @Test
    void quotes_inside_double_quotes_stay() throws Exception {
        variables.set("A", "x");
        assertThat(script.inDoubleQuotes("say \"hi\" it's $A \\$A \\n $")).isEqualTo("say \"hi\" it's x $A \\n $");
        assertThatExceptionOfType(UserException.class).isThrownBy(() -> script.inDoubleQuotes("$(id)"));
    }

    @Test
    void the_program_at_the_end_of_a_script_is_known() throws Exception {
        assertThat(script.program("#!/bin/sh\nDIR=/opt\nexec \"$DIR/bin/tool\" --mode 'a b' \"$@\"\n"))
                .containsExactly("/opt/bin/tool", "--mode", "a b");
        assertThat(script.program("/bin/tool \"$@\"")).containsExactly("/bin/tool");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "exec /bin/tool", "exec /bin/tool \"$@\"\nA=1", "exec \"$@\"", "exec $A \"$@\""})
    void other_scripts_are_not(String text) {
        variables.set("A", "a b");
        assertThatExceptionOfType(UserException.class).isThrownBy(() -> script.program(text));
    }

    @Test
    void a_line_is_split_into_words() throws Exception {
        assertThat(script.words("\"/bin/echo\" \"b c\" d\\ e")).containsExactly("/bin/echo", "b c", "d e");
        assertThat(script.words("")).isEmpty();
    }
}
