package dev.kerr.gpu;

import dev.kerr.log.Reason;
import dev.kerr.log.UserException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/// The devices that the files of some directories describe, and what those ask for that the user names.
///
/// Of two descriptions of a device the one in the later directory holds; two in the same directory are an error if the
/// device is wanted. A file that is damaged is left out with a warning.
final class CdiDevices {
    private static final int MOST_NAMES = 20;

    private final HostTree tree;
    private final Findings findings;
    private final Map<String, Device> devices = new LinkedHashMap<>();
    private final List<String> damaged = new ArrayList<>();

    CdiDevices(HostTree tree, Findings findings) {
        this.tree = Objects.requireNonNull(tree);
        this.findings = Objects.requireNonNull(findings);
    }

    /// @param directory the number of its directory
    /// @param rival the path of another description in the same directory; empty if there is none
    private record Device(CdiFile file, CdiEdits edits, int directory, String rival) {}

    /// The full names of the devices that are described.
    List<String> names(List<Path> directories) {
        for (int i = 0; i < directories.size(); i++) {
            read(directories.get(i), i);
        }
        return List.copyOf(devices.keySet());
    }

    /// @throws UserException if a device is not known, or asks for what cannot be done
    void find(GpuRequest request) throws UserException, IOException {
        var directories = request.cdiDirectories().isEmpty() ? Gpus.CDI_DIRECTORIES : request.cdiDirectories();
        names(directories);
        Set<String> wanted = new LinkedHashSet<>();
        for (String name : request.cdiDevices()) {
            wanted.addAll(named(name, directories));
        }
        var application = new CdiApplication(tree, findings);
        Set<String> filesDone = new LinkedHashSet<>();
        for (String name : wanted) {
            Device device = Objects.requireNonNull(devices.get(name));
            if (!device.rival().isEmpty()) {
                throw new UserException(
                        "CDI device " + name + " is described by both " + device.rival() + " and "
                                + device.file().path(),
                        "remove one of them");
            }
            if (filesDone.add(device.file().path())) {
                application.apply(device.file().edits(), device.file().path());
            }
            application.apply(device.edits(), device.file().path());
        }
        for (String file : damaged) {
            findings.warning(file);
        }
    }

    private void read(Path directory, int number) {
        for (String name : tree.names(directory.toString())) {
            if (!name.endsWith(".json") && !name.endsWith(".yaml")) {
                continue;
            }
            String path = directory + "/" + name;
            try {
                if (tree.file(path).length() > CdiValue.MAX_BYTES) {
                    throw new UserException(path + ": more than " + (CdiValue.MAX_BYTES >> 20) + " MiB");
                }
                add(CdiFile.decode(tree.read(path), path), number);
            } catch (UserException e) {
                damaged.add("left out " + e.line());
            } catch (IOException e) {
                damaged.add("left out " + path + ": " + Reason.of(e));
            }
        }
    }

    private void add(CdiFile file, int directory) {
        for (Map.Entry<String, CdiEdits> device : file.devices().entrySet()) {
            String name = file.kind() + "=" + device.getKey();
            Device before = devices.get(name);
            String rival = before != null && before.directory() == directory
                    ? before.file().path()
                    : "";
            devices.put(name, new Device(file, device.getValue(), directory, rival));
        }
    }

    /// The full names that a name of the user's means: `vendor/class=all` stands for all devices of the class, unless
    /// there
    /// is one of that name.
    private List<String> named(String name, List<Path> directories) throws UserException {
        int equals = name.indexOf('=');
        if (equals < 1 || name.lastIndexOf('/', equals) < 1 || equals == name.length() - 1) {
            throw new UserException(
                    "'" + name + "' is not the name of a CDI device", "names are like nvidia.com/gpu=0");
        }
        if (devices.containsKey(name)) {
            return List.of(name);
        }
        var all = new ArrayList<String>();
        if (name.endsWith("=all")) {
            for (String known : devices.keySet()) {
                if (known.startsWith(name.substring(0, equals + 1))) {
                    all.add(known);
                }
            }
        }
        if (all.isEmpty()) {
            throw new UserException("there is no CDI device " + name, hint(directories));
        }
        return all;
    }

    private String hint(List<Path> directories) {
        var hint = new StringBuilder();
        int count = 0;
        for (String known : devices.keySet()) {
            if (count++ < MOST_NAMES) {
                hint.append(count == 1 ? "there are " : ", ").append(known);
            }
        }
        if (count == 0) {
            hint.append("no file in");
            for (Path directory : directories) {
                hint.append(' ').append(directory);
            }
            hint.append(" describes any");
        } else if (count > MOST_NAMES) {
            hint.append(" and ").append(count - MOST_NAMES).append(" more");
        }
        for (String file : damaged) {
            hint.append("; ").append(file);
        }
        return hint.toString();
    }
}
