package dev.kerr.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What must hold of every row of the option table.
class OptionsTest {
    @ParameterizedTest
    @EnumSource
    void names_are_unique_in_a_command(Command command) {
        assertThat(Options.of(command)).extracting(Option::name).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @EnumSource
    void letters_are_unique_in_a_command(Command command) {
        List<String> verbs = command.verbs().isEmpty() ? List.of("") : command.verbs();
        for (String verb : verbs) {
            assertThat(Options.of(command))
                    .filteredOn(
                            option -> option.verbs().isEmpty() || option.verbs().contains(verb))
                    .extracting(Option::letter)
                    .filteredOn(letter -> letter != ' ')
                    .as("%s %s", command.word(), verb)
                    .doesNotHaveDuplicates();
        }
    }

    @ParameterizedTest
    @EnumSource
    void variables_are_unique_in_a_command(Command command) {
        assertThat(Options.of(command)).flatExtracting(Option::variables).doesNotHaveDuplicates();
    }

    @Test
    void the_same_holds_of_the_options_before_the_command() {
        List<Option> global = Options.global();
        assertThat(global).extracting(Option::name).doesNotHaveDuplicates();
        assertThat(global)
                .extracting(Option::letter)
                .filteredOn(letter -> letter != ' ')
                .doesNotHaveDuplicates();
        assertThat(global).flatExtracting(Option::variables).doesNotHaveDuplicates();
    }

    @Test
    void names_letters_and_variables_look_as_those_of_the_field() {
        for (Option option : all()) {
            assertThat(option.name()).matches("[a-z][a-z0-9]*(-[a-z0-9]+)*");
            assertThat(Character.toString(option.letter())).matches("[a-zA-Z ]");
            assertThat(option.variables()).allMatch(variable -> variable.matches("[A-Z][A-Z0-9]*(_[A-Z0-9]+)*"));
        }
    }

    @Test
    void every_option_is_documented_by_one_sentence() {
        for (Option option : all()) {
            assertThat(option.help())
                    .as(option.name())
                    .isNotBlank()
                    .doesNotEndWith(".")
                    .doesNotContain("\n");
            assertThat(Help.synopsis(option).length() + option.help().length())
                    .as(option.name())
                    .isLessThan(110);
        }
    }

    @Test
    void what_takes_a_value_names_it_and_a_flag_does_not() {
        for (Option option : all()) {
            assertThat(option.metavar().isEmpty()).as(option.name()).isEqualTo(option.kind() == Option.Kind.FLAG);
        }
    }

    @Test
    void every_command_takes_help() {
        for (Command command : Command.values()) {
            assertThat(Options.named(Options.of(command), "help")).isPresent();
        }
    }

    @Test
    void every_option_belongs_to_a_command() {
        assertThat(Options.all()).allMatch(option -> !option.commands().isEmpty());
    }

    @Test
    void a_command_is_no_command_that_is_not_yet_there() {
        assertThat(Command.values()).noneMatch(command -> Command.isNotYetAvailable(command.word()));
    }

    @Test
    void every_command_is_documented() {
        for (Command command : Command.values()) {
            assertThat(command.summary()).isNotBlank().doesNotEndWith(".");
            assertThat(command.description()).isNotBlank().endsWith(".");
            assertThat(command.examples())
                    .isNotEmpty()
                    .allMatch(example -> example.startsWith("kerr ") || example.startsWith("./"));
        }
    }

    private static List<Option> all() {
        return Stream.concat(Options.all().stream(), Options.global().stream()).toList();
    }
}
