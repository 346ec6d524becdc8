package dev.kerr.cli;

import dev.kerr.sif.Architecture;
import dev.kerr.sif.DataType;
import dev.kerr.sif.Extra;
import dev.kerr.sif.FsType;
import dev.kerr.sif.HashType;
import dev.kerr.sif.Link;
import dev.kerr.sif.NewObject;
import dev.kerr.sif.ObjectContent;
import dev.kerr.sif.PartitionType;
import dev.kerr.sif.SbomFormat;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/// What the options of `sif add` ask for, all but the content. The numbers are the field's.
///
/// Source: apptainer/sif `pkg/siftool/add.go`.
record NewObjectRequest(DataType type, String name, Extra extra, long group, Link link, long alignment) {
    private static final int NAME_SIZE = 128;
    private static final long GROUP_MASK = 0xf000_0000L;
    private static final long LARGEST_ID = 0x0fff_ffff;
    private static final int FINGERPRINT_DIGITS = 2 * Extra.FINGERPRINT_SIZE;

    private static final Map<String, DataType> TYPE_OF_OPTION = Map.of(
            "parttype", DataType.PARTITION,
            "partfs", DataType.PARTITION,
            "partarch", DataType.PARTITION,
            "signhash", DataType.SIGNATURE,
            "signentity", DataType.SIGNATURE,
            "sbomformat", DataType.SBOM);

    static NewObjectRequest of(Invocation invocation) throws UsageException {
        return new Reader(invocation).request();
    }

    NewObject with(ObjectContent content) {
        return new NewObject(type, name, extra, content, group, link, alignment);
    }

    private record Reader(Invocation invocation) {
        NewObjectRequest request() throws UsageException {
            DataType type = choice("datatype", List.of(DataType.values()));
            for (String option : List.of("parttype", "partfs", "partarch", "signhash", "signentity", "sbomformat")) {
                DataType wanted = TYPE_OF_OPTION.getOrDefault(option, type);
                if (invocation.given().containsKey(option) && wanted != type) {
                    throw SifCommand.usage("option --" + option + " goes with --datatype " + wanted.ordinal());
                }
            }
            long alignment = number("alignment", NewObject.usualAlignment(type), 0, Long.MAX_VALUE);
            return new NewObjectRequest(
                    type, name(), extra(type), number("groupid", 0, 0, LARGEST_ID), link(), Math.max(1, alignment));
        }

        private String name() throws UsageException {
            String name = invocation.value("filename").orElse("");
            if (name.getBytes(StandardCharsets.UTF_8).length > NAME_SIZE || name.indexOf('\0') >= 0) {
                throw SifCommand.usage("--filename is longer than " + NAME_SIZE + " bytes");
            }
            return name;
        }

        private Extra extra(DataType type) throws UsageException {
            return switch (type) {
                case PARTITION ->
                    new Extra.Partition(
                            choice("partfs", List.of(FsType.values())),
                            choice("parttype", List.of(PartitionType.values())),
                            choice("partarch", List.of(Architecture.values())));
                case SIGNATURE -> new Extra.Signature(choice("signhash", List.of(HashType.values())), fingerprint());
                case SBOM -> new Extra.Sbom(sbomFormat());
                case UNKNOWN,
                        DEFINITION_FILE,
                        ENVIRONMENT,
                        LABELS,
                        GENERIC_JSON,
                        GENERIC,
                        CRYPTO_MESSAGE,
                        OCI_ROOT_INDEX,
                        OCI_BLOB -> new Extra.None();
            };
        }

        private String fingerprint() throws UsageException {
            String text = required("signentity");
            if (!text.matches("[0-9a-fA-F]{" + FINGERPRINT_DIGITS + "}")) {
                throw SifCommand.usage("--signentity needs " + FINGERPRINT_DIGITS + " hexadecimal digits, not " + text);
            }
            return text;
        }

        private SbomFormat sbomFormat() throws UsageException {
            String text = required("sbomformat");
            for (SbomFormat format : SbomFormat.values()) {
                boolean named =
                        format.label().equals(text) || format == SbomFormat.GITHUB_JSON && text.equals("github");
                if (named && format != SbomFormat.UNKNOWN) {
                    return format;
                }
            }
            throw SifCommand.usage("--sbomformat " + text + " is no format of bills of materials");
        }

        private Link link() throws UsageException {
            if (!invocation.given().containsKey("link")) {
                return new Link.None();
            }
            long link = number("link", 0, 1, GROUP_MASK | LARGEST_ID);
            long id = link & LARGEST_ID;
            if (id == 0 || (link & GROUP_MASK) != GROUP_MASK && id != link) {
                throw SifCommand.usage("--link needs an object's id, or 0xf0000000 + a group's");
            }
            return id == link ? new Link.ToObject(id) : new Link.ToGroup(id);
        }

        /// @param values by their numbers; the first stands for none of them
        private <T> T choice(String option, List<T> values) throws UsageException {
            required(option);
            return values.get((int) number(option, 0, 1, values.size() - 1L));
        }

        private String required(String option) throws UsageException {
            var value = invocation.value(option);
            if (value.isEmpty()) {
                throw SifCommand.usage("sif add needs --" + option);
            }
            return value.get();
        }

        private long number(String option, long otherwise, long least, long most) throws UsageException {
            var text = invocation.value(option);
            if (text.isEmpty()) {
                return otherwise;
            }
            try {
                long number = Long.decode(text.get());
                if (number >= least && number <= most) {
                    return number;
                }
            } catch (NumberFormatException notANumber) {
                // the same as one out of range
            }
            String range = most == Long.MAX_VALUE ? "from " + least : least + " to " + most;
            throw SifCommand.usage("--" + option + " needs a number " + range + ", not " + text.get());
        }
    }
}
