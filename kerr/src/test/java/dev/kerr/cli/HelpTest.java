package dev.kerr.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kerr.container.Golden;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class HelpTest {
    @Test
    void the_overview_lists_every_command() {
        Golden.check("cli/help.txt", Help.overview());
    }

    @Test
    void the_page_of_exec_is_made_from_the_option_table() {
        Golden.check("cli/help-exec.txt", Help.page(Command.EXEC));
    }

    @ParameterizedTest
    @EnumSource
    void a_page_shows_what_is_there_and_not_what_is_not(Command command) {
        String page = Help.page(command);
        assertThat(page)
                .startsWith("kerr " + command.word() + ": ")
                .endsWith("\n")
                .doesNotEndWith("\n\n");
        for (Option option : Options.of(command)) {
            if (option.state() == Option.State.AVAILABLE) {
                assertThat(page).contains("--" + option.name());
            } else {
                assertThat(page).doesNotContainPattern("(?m)^.{4,8}--" + option.name() + "( |$)");
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void pages_fit_a_terminal(Command command) {
        assertThat(Help.page(command).lines()).allMatch(line -> line.length() <= 120);
    }

    @ParameterizedTest
    @EnumSource
    void manual_pages_show_the_same(Command command) {
        String page = ManualPage.of(command);
        assertThat(page)
                .startsWith(".TH ")
                .contains("\n.SH NAME\nkerr\\-" + command.page().replace("-", "\\-") + " \\- ");
        for (Option option : Options.of(command)) {
            if (option.state() == Option.State.AVAILABLE) {
                assertThat(page).contains("\\-\\-" + option.name().replace("-", "\\-"));
            }
        }
        assertThat(page.lines()).noneMatch(String::isEmpty);
    }
}
