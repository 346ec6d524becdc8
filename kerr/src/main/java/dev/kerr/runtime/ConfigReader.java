package dev.kerr.runtime;

import dev.kerr.log.UserException;
import dev.kerr.runtime.BundleConfig.Hook;
import dev.kerr.runtime.BundleConfig.MountEntry;
import dev.kerr.runtime.BundleConfig.Names;
import dev.kerr.runtime.BundleConfig.RootDirectory;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Reads a `config.json`. What it asks for and Kerr does not do is refused by name; members that the specification does
/// not know are ignored, as it demands.
public final class ConfigReader {
    /// The name of the file in a bundle.
    public static final String FILE = "config.json";

    /// Podman's, with a profile of system calls in it, have 50 KiB.
    private static final long BYTES_MAX = 512 << 10;

    private static final List<String> PHASES =
            List.of("prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop");

    private final ConfigNode top;

    private ConfigReader(ConfigNode top) {
        this.top = top;
    }

    /// Reads that of a bundle.
    ///
    /// @throws UserException if it is not there, is no such document, or asks for what Kerr does not do
    public static BundleConfig ofBundle(Path bundle) throws UserException, java.io.IOException {
        Path file = bundle.resolve(FILE);
        return read(FILE, bytes(file));
    }

    /// The bytes of a document of others, within bounds.
    public static byte[] bytes(Path file) throws UserException, java.io.IOException {
        try {
            if (Files.exists(file) && !Files.isRegularFile(file)) {
                throw new UserException(file + " is no regular file");
            }
            if (Files.size(file) > BYTES_MAX) {
                throw new UserException(file + " has more than " + (BYTES_MAX >> 10) + " KiB");
            }
            return Files.readAllBytes(file);
        } catch (NoSuchFileException missing) {
            throw new UserException(
                    "cannot read " + file + ": no such file", "--bundle names a directory with a config.json");
        }
    }

    /// @param name of the file, for messages
    public static BundleConfig read(String name, byte[] bytes) throws UserException {
        return new ConfigReader(ConfigNode.read(name, bytes)).read();
    }

    /// The process of an `exec`, in a document of its own.
    public static BundleConfig.Payload readProcess(String name, byte[] bytes) throws UserException {
        return new ProcessReader(ConfigNode.read(name, bytes)).read();
    }

    /// Resources in a document of their own.
    public static dev.kerr.cgroups.Limits readResources(String name, byte[] bytes) throws UserException {
        return new ResourcesReader(ConfigNode.read(name, bytes)).read();
    }

    private BundleConfig read() throws UserException {
        String version = top.needText("ociVersion");
        if (!version.startsWith("1.")) {
            throw top.wrong(
                    "ociVersion", version + " is not supported", "Kerr does version 1 of the runtime specification");
        }
        top.refuse("it is for another platform than Linux", "windows", "solaris", "vm", "zos", "freebsd");
        var root = top.need("root");
        return new BundleConfig(
                version,
                new ProcessReader(top.need("process")).read(),
                new RootDirectory(root.needText("path"), root.flag("readonly")),
                new Names(top.textOrEmpty("hostname"), top.textOrEmpty("domainname")),
                mounts(),
                hooks(),
                top.textMap("annotations"),
                new LinuxReader(top.need("linux")).read(),
                top.object());
    }

    private List<MountEntry> mounts() throws UserException {
        var mounts = new ArrayList<MountEntry>();
        for (ConfigNode mount : top.children("mounts")) {
            String destination = mount.needText("destination");
            if (!destination.startsWith("/")) {
                throw mount.wrong("destination", destination + " is not absolute");
            }
            if (List.of(destination.split("/")).contains("..")) {
                throw mount.wrong("destination", destination + " leads upwards by ..");
            }
            mount.refuse("ids of a mount cannot be mapped", "uidMappings", "gidMappings");
            String place = mount.wrong("destination", "").getMessage();
            mounts.add(new MountEntry(
                    String.valueOf(place).replace(".destination ", ""),
                    destination,
                    mount.textOrEmpty("type"),
                    mount.textOrEmpty("source"),
                    mount.texts("options")));
        }
        return mounts;
    }

    private List<Hook> hooks() throws UserException {
        var hooks = new ArrayList<Hook>();
        var all = top.child("hooks");
        if (all.isEmpty()) {
            return hooks;
        }
        for (String phase : PHASES) {
            for (ConfigNode hook : all.get().children(phase)) {
                String path = hook.needText("path");
                if (!path.startsWith("/")) {
                    throw hook.wrong("path", path + " is not absolute");
                }
                List<String> arguments = hook.texts("args");
                int seconds = (int) hook.number("timeout", 1, 1_000_000).orElse(0);
                hooks.add(new Hook(
                        phase, path, arguments.isEmpty() ? List.of(path) : arguments, hook.texts("env"), seconds));
            }
        }
        return hooks;
    }
}
