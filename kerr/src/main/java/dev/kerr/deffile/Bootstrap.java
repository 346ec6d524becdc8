package dev.kerr.deffile;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Optional;

/// What a stage's root file system is made from before its sections run.
public sealed interface Bootstrap {
    /// Debian or a relative, installed by the host's `debootstrap` or `mmdebstrap`.
    ///
    /// @param mirror URL of the package archive; empty for the one that debootstrap takes by itself
    /// @param suite release or suite: `bookworm`
    /// @param packages packages wanted besides the minimal system
    record Debootstrap(String mirror, String suite, List<String> packages) implements Bootstrap {
        public Debootstrap {
            requireNonNull(mirror);
            requireNonNull(suite);
            packages = List.copyOf(packages);
        }
    }

    /// An image that somebody has made.
    sealed interface Image extends Bootstrap {
        /// What it is called, as it would be on the command line.
        String name();
    }

    /// An image that is already here: a SIF, a SquashFS file or a directory.
    ///
    /// @param path as written; relative to the directory the build was started in
    record LocalImage(String path) implements Image {
        public LocalImage {
            requireNonNull(path);
        }

        @Override
        public String name() {
            return path;
        }
    }

    /// An image that is to be signed by all of some keys, if it is a SIF.
    ///
    /// @param fingerprints of the keys, 40 hexadecimal digits each; at least one
    record Signed(Image image, List<String> fingerprints) implements Bootstrap {
        public Signed {
            requireNonNull(image);
            fingerprints = List.copyOf(fingerprints);
        }
    }

    /// An image that is elsewhere: in a registry, a layout or an archive.
    ///
    /// @param source as it would be on the command line: `docker://registry.org/name:tag`
    record Elsewhere(String source) implements Image {
        public Elsewhere {
            requireNonNull(source);
        }

        @Override
        public String name() {
            return source;
        }
    }

    /// An image of a library that the definition names by `http://`.
    ///
    /// @param source as it would be on the command line: `library://HOST/…`
    record Unencrypted(String source) implements Image {
        public Unencrypted {
            requireNonNull(source);
        }

        @Override
        public String name() {
            return source;
        }
    }

    /// Fedora, Enterprise Linux or a relative, installed by the host's `dnf` or `yum`.
    ///
    /// @param mirror URL of the repository
    /// @param update URL of another with newer packages; empty for none
    /// @param release `OSVersion`, which the URLs have in them already; empty if there is none
    /// @param packages packages wanted besides the minimal system
    /// @param options `NAME=VALUE` for dnf
    record Dnf(String mirror, String update, String release, List<String> packages, List<String> options)
            implements Bootstrap {
        public Dnf {
            requireNonNull(mirror);
            requireNonNull(update);
            requireNonNull(release);
            packages = List.copyOf(packages);
            options = List.copyOf(options);
        }
    }

    /// openSUSE or SUSE Linux Enterprise, installed by the host's `zypper`.
    ///
    /// @param repositories URLs of repositories, the main one first
    /// @param release `OSVersion`, which the URLs have in them already; empty if there is none
    /// @param packages packages wanted besides the minimal system
    /// @param registration what opens the repositories of a product that is sold; empty if none is named
    record Zypper(List<String> repositories, String release, List<String> packages, Optional<Registration> registration)
            implements Bootstrap {
        public Zypper {
            repositories = List.copyOf(repositories);
            requireNonNull(release);
            packages = List.copyOf(packages);
            requireNonNull(registration);
        }
    }

    /// A registration with SUSE. Any but product and code may be empty.
    ///
    /// @param product as `SLES`
    /// @param user the address of who is registered
    /// @param url of the server
    /// @param key URL of the key that packages are signed with
    /// @param modules as `sle-module-python3`
    record Registration(String product, String user, String code, String url, String key, List<String> modules) {
        public Registration {
            requireNonNull(product);
            requireNonNull(user);
            requireNonNull(code);
            requireNonNull(url);
            requireNonNull(key);
            modules = List.copyOf(modules);
        }

        /// Without the code, which is a secret.
        @Override
        public String toString() {
            return "Registration[" + product + ", " + user + ", " + url + ", " + key + ", " + modules + "]";
        }
    }

    /// Arch Linux, installed by the host's `pacman`.
    ///
    /// @param configuration URL of a `pacman.conf`; empty for one of our own
    /// @param packages packages wanted besides the minimal system
    record Arch(String configuration, List<String> packages) implements Bootstrap {
        public Arch {
            requireNonNull(configuration);
            packages = List.copyOf(packages);
        }
    }

    /// A system of busybox alone.
    ///
    /// @param url of a program that needs no libraries
    record Busybox(String url) implements Bootstrap {
        public Busybox {
            requireNonNull(url);
        }
    }

    /// An empty root file system.
    record Scratch() implements Bootstrap {}
}
