package dev.kerr.gpu;

import dev.kerr.bytes.FormatException;
import dev.kerr.yaml.YamlReader;
import dev.kerr.yaml.YamlValues;
import java.util.List;
import java.util.SequencedMap;

/// Reads YAML into values.
final class CdiYaml implements YamlValues<CdiValue> {
    private CdiYaml() {}

    /// @throws FormatException if it is no YAML, or has a key twice, an alias, more than one document, or values too
    /// deep
    ///     in each other
    static CdiValue read(byte[] content) throws FormatException {
        return new YamlReader<>(CdiValue.MAX_BYTES, CdiValue.MAX_DEPTH, new CdiYaml())
                .read(content)
                .orElseThrow(() -> new FormatException("an empty file", 0));
    }

    @Override
    public CdiValue scalar(String text) {
        return new CdiValue.Scalar(text);
    }

    @Override
    public CdiValue nothing() {
        return new CdiValue.Nothing();
    }

    @Override
    public CdiValue items(List<CdiValue> items) {
        return new CdiValue.Items(items);
    }

    @Override
    public CdiValue fields(SequencedMap<String, CdiValue> fields) {
        return new CdiValue.Fields(fields);
    }
}
