package dev.kerr.gpu;

import dev.kerr.bytes.FormatException;
import dev.kerr.log.Reason;
import dev.kerr.log.UserException;
import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// Finds what a list names of a driver: programs, libraries and files.
final class DriverFiles {
    static final String CACHE = "/etc/ld.so.cache";
    private static final String GLIBC = "libc.so.6";

    /// Libraries that a host has without a driver too. Alone they would only hide the image's.
    private static final List<String> COMMON = List.of(
            "libEGL.so",
            "libGL.so",
            "libGLdispatch.so",
            "libGLESv1_CM.so",
            "libGLESv2.so",
            "libGLX.so",
            "libOpenCL.so",
            "libOpenGL.so",
            "libdrm.so",
            "libdrm_amdgpu.so",
            "libelf.so",
            "libglx.so",
            "libnuma.so",
            "libpci.so");

    /// Where the libraries are if the host is itself a container that was started so.
    private static final String NESTED = "/.singularity.d/libs";

    private final String driver;
    private final boolean compat32;
    private final GpuHost host;
    private final HostTree tree;
    private final Findings findings;
    private final Map<String, Boolean> judged = new HashMap<>();
    private boolean judging;
    private final List<GpuMounts.Library> libraries = new ArrayList<>();
    private boolean present;

    /// @param driver `nv` or `rocm`, of which comes the name of the list
    DriverFiles(String driver, boolean compat32, GpuHost host, HostTree tree, Findings findings) {
        this.driver = Objects.requireNonNull(driver);
        this.compat32 = compat32;
        this.host = Objects.requireNonNull(host);
        this.tree = Objects.requireNonNull(tree);
        this.findings = Objects.requireNonNull(findings);
        this.judging = host.imageGlibc().isPresent();
    }

    /// @throws UserException if the list cannot be read
    void find() throws UserException, IOException {
        LibraryList list = list();
        for (String name : list.programs()) {
            program(name);
        }
        for (String path : list.files()) {
            file(path);
        }
        nested(list.libraries());
        String trouble = cached(list);
        for (String path : list.libraryFiles()) {
            libraryFile(path);
        }
        if (!present) {
            findings.warning("could not find any " + driver + " files on this host" + trouble);
            return;
        }
        for (GpuMounts.Library library : libraries) {
            findings.library(library);
        }
    }

    private LibraryList list() throws UserException {
        Path path = host.configuration().resolve(driver + "liblist.conf");
        host.inputs().content(path);
        try {
            return LibraryList.parse(new String(Files.readAllBytes(path), StandardCharsets.UTF_8), path.toString());
        } catch (IOException e) {
            throw new UserException(
                    "cannot read " + path + ": " + Reason.of(e),
                    "it lists what --" + driver + " binds; the installation has one");
        }
    }

    private void program(String name) throws IOException {
        for (String directory : host.programs()) {
            String path = directory + "/" + name;
            File file = tree.file(path);
            if (file.canExecute() && file.isFile()) {
                var real = tree.real(path);
                if (real.isPresent()) {
                    findings.file(new GpuMounts.File(real.get(), "/usr/bin/" + name, true, false));
                    return;
                }
            }
        }
    }

    private void file(String path) throws IOException {
        var real = tree.real(path);
        if (real.isPresent()) {
            findings.file(new GpuMounts.File(real.get(), path, true, false));
        }
    }

    /// Takes the libraries that the loader knows.
    ///
    /// @return why it knows none, to be put behind a warning
    private String cached(LibraryList list) throws IOException {
        byte[] content;
        try {
            content = tree.read(CACHE);
        } catch (IOException e) {
            return ": cannot read " + CACHE + ": " + Reason.of(e);
        }
        try {
            var cache = LdCache.of(content);
            var names = new ArrayList<>(list.libraries());
            names.add(GLIBC);
            take(cache.beginningWith(names, host.machine()), host.machine());
            if (compat32 && host.machine() == Machine.X86_64) {
                take(cache.beginningWith(list.libraries(), Machine.I386), Machine.I386);
            } else if (compat32) {
                findings.warning("--compat32 is left out: this machine has no libraries of 32 bits");
            }
            return "";
        } catch (FormatException e) {
            findings.warning(CACHE + " is damaged: " + e.getMessage() + " (hint: run ldconfig)");
            return "";
        }
    }

    private void take(List<LdCache.Entry> entries, Machine machine) throws IOException {
        for (LdCache.Entry entry : entries) {
            if (entry.soname().equals(GLIBC)) {
                judging = judging && isOlderThan(entry.path());
            }
        }
        for (LdCache.Entry entry : entries) {
            if (!entry.soname().equals(GLIBC)) {
                library(entry.soname(), entry.path(), machine);
            }
        }
    }

    /// Whether the image has an older glibc than the host: if not, it suits whatever the host can load, and no library
    /// needs to be looked into.
    private boolean isOlderThan(String hostGlibc) throws IOException {
        try (var file = new RandomAccessFile(tree.file(hostGlibc), "r")) {
            var version = ElfVersions.of(ElfBytes.of(file)).defined();
            return version.isEmpty()
                    || version.get().isNewerThan(host.imageGlibc().get());
        } catch (IOException notKnown) {
            return true;
        }
    }

    /// What an outer container was given goes before what its image has of the same name.
    private void nested(List<String> names) throws IOException {
        for (String name : tree.names(NESTED)) {
            for (String wanted : names) {
                if (name.startsWith(wanted)) {
                    library(name, NESTED + "/" + name, host.machine());
                    break;
                }
            }
        }
    }

    private void library(String soname, String path, Machine machine) throws IOException {
        var real = tree.real(path);
        if (real.isEmpty()) {
            return;
        }
        found(soname);
        if (!judging || suits(soname, path, real.get())) {
            libraries.add(new GpuMounts.Library(real.get(), soname, machine.wide()));
        }
    }

    private void found(String name) {
        for (String common : COMMON) {
            if (name.startsWith(common)) {
                return;
            }
        }
        present = true;
    }

    /// A library has several names, mostly, and is looked into once.
    private boolean suits(String soname, String path, String real) throws IOException {
        Boolean known = judged.get(real);
        if (known == null) {
            known = judge(soname, path);
            judged.put(real, known);
        }
        return known;
    }

    private boolean judge(String soname, String path) throws IOException {
        try (var file = new RandomAccessFile(tree.file(path), "r")) {
            return suits(soname, path, ElfVersions.of(ElfBytes.of(file)));
        } catch (IOException e) {
            findings.warning(path + " is left out: " + Reason.of(e));
            return false;
        }
    }

    private boolean suits(String soname, String path, ElfVersions versions) throws IOException {
        Optional<GlibcVersion> needed = versions.needed();
        GlibcVersion present = host.imageGlibc().orElseThrow();
        if (needed.isPresent() && needed.get().isNewerThan(present)) {
            findings.warning(soname + " (" + path + ") is left out: it needs glibc " + needed.get()
                    + ", and the image has " + present);
            return false;
        }
        return true;
    }

    /// A library that the list names by its path: for this machine, or it is not meant.
    private void libraryFile(String path) throws IOException {
        var real = tree.real(path);
        if (real.isEmpty()) {
            return;
        }
        String name = path.substring(path.lastIndexOf('/') + 1);
        try (var file = new RandomAccessFile(tree.file(path), "r")) {
            var versions = ElfVersions.of(ElfBytes.of(file));
            if (!versions.isFor(host.machine())) {
                return;
            }
            found(name);
            if (!judging || suits(name, path, versions)) {
                libraries.add(
                        new GpuMounts.Library(real.get(), name, host.machine().wide()));
            }
        } catch (IOException e) {
            findings.warning(path + " is left out: " + Reason.of(e));
        }
    }
}
