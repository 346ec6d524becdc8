package dev.kerr.cli;

import dev.kerr.json.Json;
import dev.kerr.json.JsonObject;
import dev.kerr.json.JsonReader;
import dev.kerr.json.JsonWriter;
import dev.kerr.linux.Credentials;
import dev.kerr.linux.WholeFile;
import dev.kerr.log.UserException;
import dev.kerr.runtime.ConfigReader;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;

/// `oci mount` and `oci umount`: a bundle made of an image, and its removal. The root is unpacked: a mount that an
/// ordinary user made would be gone with the process that made it.
final class OciBundle {
    private static final String ROOT = "rootfs";

    /// Says that the bundle is ours to remove.
    private static final String MARK = "org.kerr.image";

    private static final String RUN = ".singularity.d/actions/run";
    private static final String TEMPLATE = "bundle-config.json";

    private final Session session;

    OciBundle(Session session) {
        this.session = session;
    }

    /// @param words the image and the bundle
    int mount(List<String> words) throws UserException, IOException {
        Path image = Path.of(words.getFirst()).toAbsolutePath();
        Path bundle = Path.of(words.getLast()).toAbsolutePath();
        Path root = bundle.resolve(ROOT);
        if (!Files.exists(image)) {
            throw new UserException("cannot open " + words.getFirst() + ": no such file");
        }
        if (Files.exists(root) || Files.exists(bundle.resolve(ConfigReader.FILE))) {
            throw new UserException("the bundle " + bundle + " is there already", "`kerr oci umount` removes it");
        }
        Files.createDirectories(bundle);
        unpack(image, root);
        WholeFile.writePublic(bundle.resolve(ConfigReader.FILE), config(image, root));
        return ExitStatus.SUCCESS;
    }

    private void unpack(Path image, Path root) throws UserException, IOException {
        var builder = new ProcessBuilder(
                session.directories().program().toString(),
                "--silent",
                "build",
                "--sandbox",
                root.toString(),
                image.toString());
        try {
            if (builder.inheritIO().start().waitFor() != 0) {
                throw new UserException("cannot unpack " + image + " into " + root);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while the image was unpacked", interrupted);
        }
    }

    private static byte[] config(Path image, Path root) throws IOException {
        JsonObject config;
        try (var template = OciBundle.class.getResourceAsStream(TEMPLATE)) {
            if (template == null) {
                throw new IllegalStateException("the installation lacks " + TEMPLATE);
            }
            config = JsonReader.readObject(template.readAllBytes());
        }
        String program = Files.exists(root.resolve(RUN)) ? "/" + RUN : "/bin/sh";
        var process = config.object("process").with("args", Json.Array.of(List.of(program)));
        var annotations = new JsonObject(new LinkedHashMap<>()).with(MARK, new Json.Text(image.toString()));
        var credentials = Credentials.current();
        var linux = config.object("linux");
        if (!credentials.mayMount()) {
            var namespaces = new java.util.ArrayList<Json>(linux.objects("namespaces"));
            namespaces.add(new JsonObject(new LinkedHashMap<>()).with("type", new Json.Text("user")));
            linux = linux.with("namespaces", new Json.Array(namespaces))
                    .with("uidMappings", mapping(credentials.uid()))
                    .with("gidMappings", mapping(credentials.gid()));
        }
        return JsonWriter.indented(
                config.with("process", process).with("annotations", annotations).with("linux", linux));
    }

    private static Json mapping(int id) {
        return new Json.Array(List.of(new JsonObject(new LinkedHashMap<>())
                .with("containerID", new Json.Numeral(0))
                .with("hostID", new Json.Numeral(id))
                .with("size", new Json.Numeral(1))));
    }

    int unmount(String name) throws UserException, IOException {
        Path bundle = Path.of(name).toAbsolutePath();
        Path config = bundle.resolve(ConfigReader.FILE);
        var read = ConfigReader.ofBundle(bundle);
        if (!read.annotations().containsKey(MARK)) {
            throw new UserException(
                    "the bundle " + bundle + " was not made by `kerr oci mount`", "remove it by other means");
        }
        remove(bundle.resolve(ROOT));
        Files.delete(config);
        return ExitStatus.SUCCESS;
    }

    /// Images have directories that their owner may not write to.
    private static void remove(Path tree) throws IOException {
        Files.walkFileTree(tree, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
                    throws IOException {
                var permissions = Files.getPosixFilePermissions(directory);
                if (!permissions.contains(PosixFilePermission.OWNER_WRITE)) {
                    permissions.addAll(EnumSet.of(
                            PosixFilePermission.OWNER_READ,
                            PosixFilePermission.OWNER_WRITE,
                            PosixFilePermission.OWNER_EXECUTE));
                    Files.setPosixFilePermissions(directory, permissions);
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
                if (failure instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE;
                }
                throw failure;
            }

            @Override
            public FileVisitResult postVisitDirectory(
                    Path directory, java.io.@org.jspecify.annotations.Nullable IOException failure) throws IOException {
                Files.delete(directory);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
