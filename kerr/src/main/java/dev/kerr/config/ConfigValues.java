package dev.kerr.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/// What each directive says, checked; at first its default.
final class ConfigValues {
    private final String[] values;
    private final boolean[] given;

    ConfigValues() {
        Directive[] table = Directive.values();
        values = new String[table.length];
        given = new boolean[table.length];
        for (int i = 0; i < table.length; i++) {
            values[i] = table[i].standard();
        }
    }

    /// Takes a value that has no fault: the last one counts, but those of a list are all taken.
    void put(Directive directive, String value) {
        int row = directive.ordinal();
        boolean more = given[row] && directive.isList();
        values[row] = more ? values[row] + "," + value : value;
        given[row] = true;
    }

    /// The value; the items of a list with commas between.
    String text(Directive directive) {
        return values[directive.ordinal()];
    }

    List<String> items(Directive directive) {
        return DirectiveValues.items(text(directive));
    }

    private boolean yes(Directive directive) {
        return text(directive).equals("yes");
    }

    Config config() {
        return new Config(
                binds(),
                mounts(),
                new Config.Files(
                        yes(Directive.CONFIG_PASSWD), yes(Directive.CONFIG_GROUP), yes(Directive.CONFIG_RESOLV_CONF)),
                users(),
                overlay(),
                allow(),
                new Config.Limits(
                        items(Directive.LIMIT_OWNERS), items(Directive.LIMIT_GROUPS), items(Directive.LIMIT_PATHS)),
                new Config.Always(
                        yes(Directive.ALWAYS_NV),
                        yes(Directive.USE_NVCCLI),
                        yes(Directive.ALWAYS_ROCM),
                        yes(Directive.OCI_MODE)),
                new Config.KernelMounts(yes(Directive.ALLOW_KERNEL_SQUASHFS), yes(Directive.ALLOW_KERNEL_EXTFS)),
                Long.parseLong(text(Directive.SESSION_SIZE)) << 20,
                Integer.parseInt(text(Directive.SHARED_MOUNT_LINGER)),
                List.of(text(Directive.BINARY_PATH).split(":")),
                packing(),
                new Config.Downloads(
                        Integer.parseInt(text(Directive.DOWNLOAD_CONCURRENCY)),
                        Long.parseLong(text(Directive.DOWNLOAD_PART_SIZE))),
                new Config.Networks(path(Directive.CNI_CONFIGURATION), path(Directive.CNI_PLUGINS)),
                items(Directive.SHARED_CACHE));
    }

    private Optional<String> path(Directive directive) {
        String path = text(directive);
        return path.isEmpty() ? Optional.empty() : Optional.of(path);
    }

    private List<Config.BindPath> binds() {
        var binds = new ArrayList<Config.BindPath>();
        for (String item : items(Directive.BIND_PATH)) {
            int colon = item.indexOf(':');
            binds.add(
                    colon < 0
                            ? new Config.BindPath(item, item)
                            : new Config.BindPath(item.substring(0, colon), item.substring(colon + 1)));
        }
        return binds;
    }

    private Config.Users users() {
        String root = text(Directive.ROOT_CAPABILITIES);
        return new Config.Users(
                yes(Directive.USER_BIND_CONTROL),
                root.equals("full")
                        ? Config.RootCapabilities.FULL
                        : root.equals("no") ? Config.RootCapabilities.NO : Config.RootCapabilities.FILE,
                yes(Directive.SYSTEMD_CGROUPS));
    }

    private Config.Mounts mounts() {
        String dev = text(Directive.MOUNT_DEV);
        return new Config.Mounts(
                yes(Directive.MOUNT_PROC),
                yes(Directive.MOUNT_SYS),
                dev.equals("yes") ? Config.Dev.YES : dev.equals("no") ? Config.Dev.NO : Config.Dev.MINIMAL,
                yes(Directive.MOUNT_DEVPTS),
                yes(Directive.MOUNT_TMP),
                yes(Directive.MOUNT_HOME),
                yes(Directive.MOUNT_HOSTFS),
                yes(Directive.MOUNT_SLAVE));
    }

    private Config.Overlay overlay() {
        String overlay = text(Directive.ENABLE_OVERLAY);
        return new Config.Overlay(!overlay.equals("no"), overlay.equals("driver"));
    }

    private Config.Allow allow() {
        return new Config.Allow(
                yes(Directive.ALLOW_SIF),
                yes(Directive.ALLOW_SQUASHFS),
                yes(Directive.ALLOW_DIRECTORY),
                new Config.Namespaces(
                        yes(Directive.ALLOW_USER_NS),
                        yes(Directive.ALLOW_PID_NS),
                        yes(Directive.ALLOW_IPC_NS),
                        yes(Directive.ALLOW_UTS_NS)));
    }

    private Config.Packing packing() {
        int threads = Integer.parseInt(text(Directive.PACKING_THREADS));
        String memory = text(Directive.PACKING_MEMORY);
        return new Config.Packing(
                threads == 0 ? OptionalInt.empty() : OptionalInt.of(threads),
                memory.isEmpty() ? OptionalLong.empty() : ByteSize.parse(memory));
    }
}
