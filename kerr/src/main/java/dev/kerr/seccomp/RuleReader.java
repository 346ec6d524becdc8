package dev.kerr.seccomp;

import dev.kerr.bytes.FormatException;
import dev.kerr.json.JsonObject;
import dev.kerr.seccomp.Condition.Operator;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/// Reads a rule of a [Profile].
final class RuleReader {
    private static final List<String> MEMBERS =
            List.of("name", "names", "action", "errno", "errnoRet", "args", "comment", "includes", "excludes");

    private static final List<String> CIRCUMSTANCES = List.of("caps", "arches", "minKernel");

    private final JsonObject rule;
    private final List<String> names;
    private final Action action;

    RuleReader(JsonObject rule) throws FormatException {
        this.rule = rule;
        ProfileReader.refuseUnknown(rule, MEMBERS, "a seccomp rule");
        for (String name : List.of("includes", "excludes")) {
            var object = rule.findObject(name);
            if (object.isPresent()) {
                ProfileReader.refuseUnknown(object.get(), CIRCUMSTANCES, "\"" + name + "\"");
            }
        }
        this.names = readNames();
        this.action = new ActionText(rule, "action", "errno").action();
    }

    List<String> names() {
        return names;
    }

    Action action() {
        return action;
    }

    private List<String> readNames() throws FormatException {
        List<String> several = rule.texts("names");
        String one = rule.textOrEmpty("name");
        if (!one.isEmpty() && !several.isEmpty()) {
            throw rule.fault("the rule has \"name\" and \"names\", which is one too many");
        }
        if (one.isEmpty() && several.isEmpty() || several.contains("")) {
            throw rule.fault("the rule names no system call");
        }
        return one.isEmpty() ? several : List.of(one);
    }

    /// The rule; several, if it has conditions for the same argument: any of them then suffices, as with runc.
    List<Rule> read() throws FormatException {
        var conditions = new ArrayList<Condition>();
        var arguments = new HashSet<Integer>();
        for (JsonObject object : rule.objects("args")) {
            var condition = condition(object);
            conditions.add(condition);
            arguments.add(condition.argument());
        }
        if (arguments.size() == conditions.size()) {
            return List.of(new Rule(names, action, conditions));
        }
        var rules = new ArrayList<Rule>();
        for (Condition condition : conditions) {
            rules.add(new Rule(names, action, List.of(condition)));
        }
        return rules;
    }

    private static Condition condition(JsonObject object) throws FormatException {
        ProfileReader.refuseUnknown(
                object, List.of("index", "value", "valueTwo", "op", "comment"), "an argument of a seccomp rule");
        long index = object.number("index");
        if (index < 0 || index >= Condition.ARGUMENTS) {
            throw object.fault(index + " is no argument: they are 0 to " + (Condition.ARGUMENTS - 1));
        }
        int argument = (int) index;
        long value = ActionText.unsigned(object, "value");
        return switch (object.text("op")) {
            case "SCMP_CMP_NE" -> new Condition(argument, Operator.NE, value);
            case "SCMP_CMP_LT" -> new Condition(argument, Operator.LT, value);
            case "SCMP_CMP_LE" -> new Condition(argument, Operator.LE, value);
            case "SCMP_CMP_EQ" -> new Condition(argument, Operator.EQ, value);
            case "SCMP_CMP_GE" -> new Condition(argument, Operator.GE, value);
            case "SCMP_CMP_GT" -> new Condition(argument, Operator.GT, value);
            case "SCMP_CMP_MASKED_EQ" ->
                Condition.masked(argument, value, object.has("valueTwo") ? ActionText.unsigned(object, "valueTwo") : 0);
            default -> throw object.fault("the comparison " + object.text("op") + " is not known");
        };
    }
}
