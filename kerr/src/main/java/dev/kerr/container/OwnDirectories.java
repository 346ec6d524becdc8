package dev.kerr.container;

import dev.kerr.container.ContainerSpec.HostView;
import dev.kerr.container.MountPoints.Mount;
import dev.kerr.container.MountPoints.Need;
import dev.kerr.image.FileTree;
import dev.kerr.image.PathResolver;
import dev.kerr.log.UserException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Directories that a payload has for itself: in the session, whose end is theirs, or below `--workdir` on the host.
final class OwnDirectories {
    /// Session path.
    private static final String OWN = "/own";

    private final HostView view;
    private final Host host;
    private final MountPoints points;
    private final List<Op> hostDirectories = new ArrayList<>();

    OwnDirectories(HostView view, Host host, MountPoints points) {
        this.view = view;
        this.host = host;
        this.points = points;
    }

    /// Directories of the host to be made before anything is mounted.
    List<Op> hostDirectories() {
        return List.copyOf(hostDirectories);
    }

    /// An empty directory, or `--workdir`'s of that name.
    ///
    /// @param mode the low twelve bits of `st_mode`
    void directory(String name, String target, int mode) throws UserException {
        if (view.workDirectory().isPresent()) {
            add(checked(view.workDirectory().get()), List.of(name), target, mode);
        } else {
            points.session().directory(OWN, 0755);
            points.session().directory(OWN + "/" + name, mode);
            points.addSession(new Mount(OWN + "/" + name, target, "nodev", Need.DEFAULT));
        }
    }

    /// The directories of `--scratch`.
    void scratch() throws UserException {
        for (String target : view.scratch()) {
            if (view.workDirectory().isPresent()) {
                var names = new ArrayList<String>();
                names.add("scratch");
                for (String name : target.split("/")) {
                    if (!name.isEmpty()) {
                        names.add(name);
                    }
                }
                add(checked(view.workDirectory().get()), names, target, 0755);
            } else {
                String path = OWN + "/scratch" + points.session().ops().size();
                points.session().directory(OWN, 0755);
                points.session().directory(path, 01777);
                if (!points.addSession(new Mount(path, target, "nodev", Need.ASKED))) {
                    throw new UserException("the scratch directory " + target + " is mounted twice");
                }
            }
        }
    }

    private void add(String directory, List<String> names, String target, int mode) throws UserException {
        String path = directory;
        for (String name : names) {
            path = path + "/" + name;
            hostDirectories.add(new Op.HostDirectory(path, name.equals(names.getLast()) ? mode : 0755));
        }
        points.addMade(new Mount(path, target, "nodev", Need.ASKED));
    }

    private String checked(String workDirectory) throws UserException {
        Optional<FileTree.Node> node;
        try {
            node = new PathResolver(host.files()).resolve(workDirectory).node();
        } catch (IOException unresolvable) {
            node = Optional.empty();
        }
        if (node.isEmpty() || !node.get().isDirectory()) {
            throw new UserException("the work directory " + workDirectory + " does not exist", "make it before");
        }
        return workDirectory;
    }
}
