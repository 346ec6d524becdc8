package dev.kerr.yaml;

import dev.kerr.bytes.FormatException;
import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Objects;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.YamlUnicodeReader;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/// Reads YAML into values, from events: no tag of the file makes an object of ours.
///
/// Aliases are refused, as a few lines of them can stand for gigabytes.
///
/// @param mostBytes that a document may have
/// @param deepest how many values may lie in each other
/// @param values makes the values
public record YamlReader<T>(int mostBytes, int deepest, YamlValues<T> values) {
    public YamlReader {
        Objects.requireNonNull(values);
    }

    /// The value of a document; empty if there is nothing in it.
    ///
    /// @throws FormatException if it is no YAML, or has a key twice, an alias, more than one document, or values too
    /// deep
    ///     in each other
    public Optional<T> read(byte[] content) throws FormatException {
        var settings = LoadSettings.builder().setCodePointLimit(mostBytes).build();
        try {
            var reader = new StreamReader(settings, new YamlUnicodeReader(new ByteArrayInputStream(content)));
            Iterator<Event> events = new ParserImpl(settings, reader);
            Event event = events.next();
            while (event.getEventId() == Event.ID.StreamStart || event.getEventId() == Event.ID.DocumentStart) {
                event = events.next();
            }
            if (event.getEventId() == Event.ID.StreamEnd) {
                return Optional.empty();
            }
            T value = value(event, events, 0);
            events.next();
            if (events.next().getEventId() != Event.ID.StreamEnd) {
                throw new FormatException("more than one YAML document", 0);
            }
            return Optional.of(value);
        } catch (MarkedYamlEngineException e) {
            int line = e.getProblemMark().map(mark -> mark.getLine() + 1).orElse(0);
            int at = e.getProblemMark().map(mark -> mark.getIndex()).orElse(0);
            throw new FormatException("bad YAML in line " + line + ": " + e.getProblem(), at);
        } catch (YamlEngineException e) {
            throw new FormatException("bad YAML: " + e.getMessage(), 0);
        }
    }

    private T value(Event event, Iterator<Event> events, int depth) throws FormatException {
        if (depth > deepest) {
            throw new FormatException("YAML values lie too deep in each other", at(event));
        }
        return switch (event.getEventId()) {
            case Scalar -> scalar((ScalarEvent) event);
            case SequenceStart -> {
                var items = new ArrayList<T>();
                for (Event next = events.next(); next.getEventId() != Event.ID.SequenceEnd; next = events.next()) {
                    items.add(value(next, events, depth + 1));
                }
                yield values.items(items);
            }
            case MappingStart -> {
                var fields = new LinkedHashMap<String, T>();
                for (Event next = events.next(); next.getEventId() != Event.ID.MappingEnd; next = events.next()) {
                    if (next.getEventId() != Event.ID.Scalar) {
                        throw new FormatException("a YAML key is not a text", at(next));
                    }
                    String key = ((ScalarEvent) next).getValue();
                    if (fields.put(key, value(events.next(), events, depth + 1)) != null) {
                        throw new FormatException("the YAML key " + key + " is there twice", at(next));
                    }
                }
                yield values.fields(fields);
            }
            case Alias -> throw new FormatException("YAML aliases are not allowed", at(event));
            default -> throw new FormatException("unexpected YAML: " + event, at(event));
        };
    }

    private T scalar(ScalarEvent event) {
        String text = event.getValue();
        boolean isNull = event.isPlain() && (text.isEmpty() || text.equals("~") || text.equals("null"));
        return isNull ? values.nothing() : values.scalar(text);
    }

    private static long at(Event event) {
        return event.getStartMark().map(mark -> mark.getIndex()).orElse(0);
    }
}
