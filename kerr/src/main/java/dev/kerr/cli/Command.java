package dev.kerr.cli;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// The commands, with what help and the manual say of them.
enum Command {
    BUILD(
            "build",
            "build an image from a definition file, an image or a directory",
            "[options] <image path> <definition file | image | directory>",
            """
            Builds a SIF image, with --sandbox a directory, with --format an image for Docker. Needs no root: an
            ordinary user with a range of sub-ids builds with real ownership of files in the image. --profile runs a
            command in the finished image and puts what it reads in front; of a SIF, nothing else changes.""",
            List.of(
                    "kerr build debian.sif debian.def",
                    "kerr build --sandbox debian/ debian.sif",
                    "kerr build again.sif debian/",
                    "kerr build --profile 'python3 -c \"import numpy\"' quick.sif slow.sif",
                    "kerr build --format oci-archive debian.tar debian.def",
                    "kerr build --build-arg-file versions.args --build-arg PYTHON=3.13 tool.sif tool.def",
                    "kerr build --sandbox --update debian/ more.def",
                    "kerr build --nv --bind /data/sources:/mnt tool.sif tool.def")),
    EXEC(
            "exec",
            "run a command in a container",
            "[options] <image> <command> [argument...]",
            """
            Runs a command in a container of the image, as the calling user, with the user's home, working directory,
            /tmp and environment. The command's exit status is the exit status.""",
            List.of(
                    "kerr exec debian.sif cat /etc/os-release",
                    "kerr exec --bind /data:/mnt:ro debian.sif ls /mnt",
                    "kerr exec --dry-run debian.sif true")),
    RUN(
            "run",
            "run the image's runscript",
            "[options] <image> [argument...]",
            "Runs the program that the image's maker meant to be run.",
            List.of("kerr run debian.sif", "./debian.sif")),
    SHELL(
            "shell",
            "start a shell in a container",
            "[options] <image> [argument...]",
            "Starts an interactive shell: bash if the image has it, else sh.",
            List.of("kerr shell debian.sif")),
    TEST(
            "test",
            "run the image's test script",
            "[options] <image> [argument...]",
            "Runs the test that the image's maker wrote.",
            List.of("kerr test debian.sif")),
    PULL(
            "pull",
            "fetch an image from elsewhere",
            "[options] [file] <source>",
            """
            Makes a SIF file of an image from elsewhere, without root and without unpacking it.
              docker://[host/]name[:tag][@digest]   layers in a registry; without a host, Docker's
              oras://host/name[:tag][@digest]       a SIF in a registry
              oci:directory[:name]                  an OCI layout
              oci-archive:file[:name]               the same in a tar archive
              docker-archive:file[:name]            what `docker save` writes
              docker-daemon:name[:tag]              an image that Docker or Podman has here
              library://[host/]entity/collection/container[:tag]   a SIF in a library
              shub://[host/]user/name[:tag]         an image in a Singularity Hub
              https://host/path                     a SIF or SquashFS file of a web server
            Without a file, it is NAME_TAG.sif. Layers are kept in the cache. exec, run, shell, test and build take the
            same sources.""",
            List.of(
                    "kerr pull docker://alpine",
                    "kerr pull debian.sif docker://debian:13",
                    "kerr pull --arch arm64 docker://ubuntu:24.04",
                    "kerr exec docker://alpine cat /etc/os-release")),
    PUSH(
            "push",
            "put an image into a registry, a layout or an archive",
            "[options] <image> <target>",
            """
            Puts an image where others find it.
              oras://host/name[:tag]        a SIF file as it is; `kerr pull oras://…` fetches it byte for byte
              library://[host/]entity/collection/container[:tag]
                                            the same in a library; it takes signed images, or any with --allow-unsigned
              docker://[host/]name[:tag]    as an OCI image of one layer, which Docker and Podman run
              oci:directory[:name]          the same in an OCI layout, which is made or added to
              oci-archive:file[:name]       the same in a tar archive
              docker-archive:file[:name]    the same as `docker save` writes it, for `docker load`
            An OCI image is made of a SIF file, a SquashFS file or a sandbox, without root and without unpacking it.
            It has the configuration of the OCI image that it was made of; otherwise its entry point is the
            runscript, with the environment and the labels of the image.""",
            List.of(
                    "kerr push debian.sif oras://registry.example.org/ada/debian:13",
                    "kerr push --oci debian.sif docker://registry.example.org/ada/debian:13",
                    "kerr push --layer-format zstd debian.sif oci:layout:debian",
                    "kerr push debian.sif docker-archive:debian.tar:debian:13")),
    REGISTRY(
            "registry",
            "log in to registries",
            "<login | logout | list> [options] [host]",
            """
            Keeps logins for registries, in ~/.kerr/docker-config.json unless --authfile names another file. Those of
            Docker, in ~/.docker/config.json, are used as well.
              registry login [options] <host>   asks the registry whether it accepts the login, and keeps it
              registry logout <host>            forgets it
              registry list                     the hosts that there are logins for.""",
            List.of(
                    "kerr registry login --username ada registry.example.org",
                    "kerr registry login --username ada --password-stdin registry.example.org <token",
                    "kerr registry logout registry.example.org"),
            List.of("login", "logout", "list")),
    REMOTE(
            "remote",
            "choose servers that offer a library of images, and log in to them",
            "<add | get-login-password | list | login | logout | remove | status | use> [options] [name] [host]",
            """
            A remote is a server that tells where its services are: a library of images (library://…), keys. One is in
            use; without a choice it is one that has no library. They are kept in ~/.kerr/remote.yaml, those for all
            users in etc/kerr/remote.yaml of the installation; those of ~/.apptainer or ~/.singularity are taken over.
              remote add <name> <host>       adds one, puts it in use and logs in
              remote use <name>              puts it in use
              remote remove <name>           forgets it
              remote list                    those there are
              remote login [name]            asks for a token, has the remote verify it, and keeps it
              remote logout [name]           forgets the token
              remote status [name]           its services, and whether the token is accepted
              remote get-login-password      the password for the registry that belongs to the remote in use.""",
            List.of(
                    "kerr remote add --no-login SylabsCloud cloud.sylabs.io",
                    "kerr remote login --tokenfile token",
                    "kerr remote list"),
            List.of("add", "get-login-password", "list", "login", "logout", "remove", "status", "use")),
    KEYSERVER(
            "keyserver",
            "choose servers of keys, and log in to them",
            "<add | list | login | logout | remove> [options] [remote] [url]",
            """
            The servers of public keys that belong to a remote, in the order in which they are asked.
              keyserver add [remote] <url>      adds one, for all users of this installation
              keyserver remove [remote] <url>   takes it out
              keyserver list [remote]           those there are
              keyserver login <url>             asks the server whether it accepts the login, and keeps it
              keyserver logout <url>            forgets it.""",
            List.of(
                    "kerr keyserver add --order 1 https://keys.example.org",
                    "kerr keyserver list",
                    "kerr keyserver login --username ada https://keys.example.org"),
            List.of("add", "list", "login", "logout", "remove")),
    CACHE(
            "cache",
            "show or remove what was fetched",
            "<list | clean> [options]",
            """
            Layers and images that were fetched are kept in ~/.kerr/cache, or in $KERR_CACHEDIR/cache.
              cache list    how much there is; with --verbose each file
              cache clean   removes it, or what --type and --days name.""",
            List.of(
                    "kerr cache list --verbose",
                    "kerr cache clean --days 30",
                    "kerr cache clean --dry-run --type blob"),
            List.of("list", "clean")),
    INSTANCE_START(
            "instance start",
            "start an instance: a container that stays in the background",
            "[options] <image> <name> [argument of the startscript...]",
            """
            Starts the image's startscript in a container that has processes of its own and stays when that has ended,
            until it is stopped. Other launches enter it by its name: instance://name. Its output goes to files that
            `kerr instance list --logs` names.""",
            List.of(
                    "kerr instance start database.sif db",
                    "kerr exec instance://db pg_isready",
                    "kerr instance stop db")),
    INSTANCE_RUN(
            "instance run",
            "start an instance that runs the image's runscript",
            "[options] <image> <name> [argument of the runscript...]",
            "As `kerr instance start`, with the program that the image's maker meant to be run.",
            List.of("kerr instance run server.sif web --port 8080")),
    INSTANCE(
            "instance",
            "list, watch and stop instances",
            "<list | run | start | stats | stop> [options] [name]",
            """
            An instance is a container in the background, with a name.
              instance start <image> <name>     starts one: see `kerr help instance start`
              instance run <image> <name>       the same, with the runscript
              instance list [pattern]           those that run, or those whose names match: 'db*'
              instance stats <name>             what one has used of processors and memory
              instance stop <pattern>           asks them to end (SIGINT), and ends them (SIGKILL) after --timeout.""",
            List.of(
                    "kerr instance list --json",
                    "kerr instance stop --all",
                    "kerr instance stop --signal SIGTERM --timeout 30 db"),
            List.of("list", "run", "start", "stats", "stop")),
    MOUNT(
            "mount",
            "show which images are kept mounted",
            "<list> [options]",
            """
            The first launch of an image on a node leaves it mounted for the user's other launches of it, until so many
            seconds after the last of them has ended as `shared mount linger` in kerr.conf says.
              mount list    the keepers, their images, and how many launches have each.""",
            List.of("kerr mount list", "kerr mount list --json"),
            List.of("list")),
    OCI(
            "oci",
            "run containers from bundles, as other programs have a runtime do it",
            "[options] <verb> [options] <id> [word...]",
            """
            A bundle is a directory with a config.json, as the OCI's runtime specification has it, and a root. What
            config.json asks for is done or refused by name. Podman, Slurm and others call `kerr-oci`, which is
            `kerr oci` under one name.
              oci create [options] <id>          makes the container of a bundle; its program waits for `start`
              oci start <id>                     lets it start
              oci run [options] <id>             both, and waits; with --detach, does not wait
              oci exec [options] <id> <command>  runs a further process in it
              oci state <id>                     says what has become of it, as JSON
              oci kill [options] <id> [signal]   sends a signal (SIGTERM) to its process
              oci delete [--force] <id>          forgets one that has ended
              oci list [options]                 those there are
              oci ps [options] <id>              its processes
              oci pause <id>, oci resume <id>    freezes it, and has it go on
              oci update [options] <id>          changes its limits
              oci features                       what of the specification there is, as JSON
              oci mount <image> <bundle>         makes a bundle of an image, which is unpacked
              oci umount <bundle>                removes that
            `oci attach` is refused: the input and output of a container are those of whoever made it.""",
            List.of(
                    "kerr oci run --bundle /srv/web web",
                    "kerr oci create --bundle /srv/web --pid-file web.pid web",
                    "kerr oci exec web ps",
                    "kerr oci --root /run/user/1000/oci state web",
                    "kerr oci mount debian.sif bundle/"),
            List.of(
                    "attach",
                    "create",
                    "delete",
                    "exec",
                    "features",
                    "kill",
                    "list",
                    "mount",
                    "pause",
                    "ps",
                    "resume",
                    "run",
                    "start",
                    "state",
                    "umount",
                    "update")),
    INSPECT(
            "inspect",
            "show an image's labels, scripts and definition",
            "[options] <image>",
            "Shows what the image says of itself. Without options: its labels.",
            List.of("kerr inspect debian.sif", "kerr inspect --deffile debian.sif", "kerr inspect --json debian.sif")),
    SIF(
            "sif",
            "look into SIF files, make and change them",
            "<add | del | dump | header | info | list | new | setprim> [options] [id] <image> [file]",
            """
            A SIF file holds objects: a definition file, metadata, file systems, signatures.
              sif new <image>                   an empty file; nothing is replaced
              sif add [options] <image> <file>  the file, or - for standard input, as one more object
              sif del [options] <id> <image>    takes an object out; its bytes stay unless told otherwise
              sif setprim <id> <image>          makes this system partition the one that is run
              sif list [--json] <image>         the objects
              sif info <id> <image>             one object's descriptor
              sif dump <id> <image>             one object's content
              sif header <image>                the global header
            A change happens wholly or not at all, also if the program is killed. `siftool` is another name for `sif`.
              --datatype: 1 definition file, 2 environment, 3 labels, 4 partition, 5 signature, 6 JSON, 7 anything,
                8 cryptographic message, 9 bill of materials, 10 OCI index, 11 OCI blob
              --parttype: 1 system, 2 primary system, 3 data, 4 overlay
              --partfs: 1 SquashFS, 2 ext3, 3 archive, 4 raw, 5 SquashFS in LUKS, 6 SquashFS in gocryptfs
              --partarch: 1 386, 2 amd64, 3 arm, 4 arm64, 5 ppc64, 6 ppc64le, 7 mips, 8 mipsle, 9 mips64,
                10 mips64le, 11 s390x, 12 riscv64, 13 loong64
              --signhash: 1 SHA-256, 2 SHA-384, 3 SHA-512, 4 BLAKE2s-256, 5 BLAKE2b-256
              --sbomformat: cyclonedx-json, cyclonedx-xml, github-json, spdx-json, spdx-rdf, spdx-tag-value,
                spdx-yaml, syft-json.""",
            List.of(
                    "kerr sif list debian.sif",
                    "kerr sif dump 1 debian.sif >debian.def",
                    "kerr sif new data.sif",
                    "kerr sif add data.sif table.squashfs --datatype 4 --parttype 3 --partfs 1 --partarch 2",
                    "kerr sif add data.sif - --datatype 7 --filename host </etc/hostname",
                    "kerr sif del --compact 2 data.sif"),
            List.of("add", "del", "dump", "header", "info", "list", "new", "setprim")),
    OVERLAY(
            "overlay",
            "make a writable overlay: changes to an image that stay",
            "<create | seal | sync> [options] <image>",
            """
            Makes an ext3 file system that takes the changes which a container makes to its image.
              overlay create <new file>   a file of its own; nothing is replaced
              overlay create <SIF file>   a partition of the image, which grows by it; signatures have to go first
              overlay create <OCI-SIF>    a layer of the image, written to by containers with --writable
              overlay sync <OCI-SIF>      updates the digest of that layer after containers have written to it
              overlay seal <OCI-SIF>      makes it a read-only layer like the others
            It is the caller's, and for the caller's containers; with --fakeroot, for those with --fakeroot. Needs the
            package e2fsprogs.""",
            List.of(
                    "kerr overlay create --size 1024 changes.img",
                    "kerr overlay create --sparse --size 20G --create-dir /opt/data changes.img",
                    "kerr overlay create debian.sif",
                    "kerr overlay seal debian.oci.sif"),
            List.of("create", "seal", "sync")),
    DATA(
            "data",
            "pack data into a file that containers mount",
            "package [options] <file or directory> <data container>",
            """
            Makes a data container: one compressed file, an OCI-SIF, which exec, run, shell and test mount read-only
            with --data, and which push and pull move through registries. A directory's files lie at its root, a single
            file by its name.
              data package <file or directory> <new file>   packs it; nothing is replaced.""",
            List.of(
                    "kerr data package genomes/ genomes.oci.sif",
                    "kerr exec --data genomes.oci.sif:/genomes tools.sif ls /genomes",
                    "kerr push genomes.oci.sif oras://registry.example.org/ada/genomes:1"),
            List.of("package")),
    CAPABILITY(
            "capability",
            "show capabilities, and grant them to root's containers",
            "<add | avail | drop | list> [options] [capabilities]",
            """
            Which of root's rights the site grants to whom: etc/kerr/capability.json of the installation. Containers
            of root have those of root where kerr.conf says root default capabilities = file. Only root changes them.
              capability add [options] <capabilities>    grants them to a user or a group
              capability drop [options] <capabilities>   takes them back
              capability list [user or group]            what is granted
              capability avail [capabilities]            what there is, and what it allows
            Capabilities are separated by commas: CAP_CHOWN or chown, and all for all of them.""",
            List.of(
                    "kerr capability add --user root chown,net_raw",
                    "kerr capability drop --user root all",
                    "kerr capability list",
                    "kerr capability avail CAP_CHOWN"),
            List.of("add", "avail", "drop", "list")),
    CONFIG(
            "config",
            "show or change the site's configuration, and who has sub-ids",
            "<fakeroot | global> [options] <user | directive> [value...]",
            """
            Changes one directive of kerr.conf and leaves comments and all other lines as they are. Only root may.
              config global --set <directive> <value...>      sets the value, or adds to a list
              config global --unset <directive> [value...]    takes it out, or these items out of a list
              config global --get <directive>                 prints the value in force; a list with commas
              config global --reset <directive>               puts the default back
            The file has every directive with an explanation: etc/kerr/kerr.conf of the installation, or the one
            that the global option --config names. An unknown directive or a wrong value changes nothing.
            With sub-ids, in /etc/subuid and /etc/subgid, a user is root in containers with all other ids beside.
              config fakeroot --add <user>       gives a user 65536 that are free
              config fakeroot --remove <user>    takes them
              config fakeroot --disable <user>   keeps a user from them; the line stays
              config fakeroot --enable <user>    lets the user use them again.""",
            List.of(
                    "kerr config fakeroot --add ada",
                    "kerr config global --get \"bind path\"",
                    "kerr config global --set \"bind path\" /etc/foo",
                    "kerr config global --set --dry-run \"mount home\" no",
                    "kerr config global --reset \"mount home\""),
            List.of("fakeroot", "global")),
    DOCTOR(
            "doctor",
            "tell what this host lacks, and how to mend it",
            "",
            "Tries what each capability needs and says, where it fails, which setting or package mends it.",
            List.of("kerr doctor")),
    VERSION("version", "show the version", "", "Shows the version of this program.", List.of("kerr version")),
    HELP("help", "show help for a command", "[command]", "Shows help.", List.of("kerr help exec"));

    /// Commands of the field that this version does not have.
    private static final List<String> NOT_YET = List.of(
            "checkpoint", "delete", "key", "keys", "plugin", "plugins", "run-help", "search", "sign", "tag", "verify");

    private final String word;
    private final String summary;
    private final String operands;
    private final String description;
    private final List<String> examples;
    private final List<String> verbs;

    Command(String word, String summary, String operands, String description, List<String> examples) {
        this(word, summary, operands, description, examples, List.of());
    }

    Command(
            String word,
            String summary,
            String operands,
            String description,
            List<String> examples,
            List<String> verbs) {
        this.word = Objects.requireNonNull(word);
        this.summary = Objects.requireNonNull(summary);
        this.operands = Objects.requireNonNull(operands);
        this.description = Objects.requireNonNull(description);
        this.examples = examples;
        this.verbs = verbs;
    }

    static Optional<Command> of(String word) {
        if (word.equals("siftool")) { // the field's other names
            return Optional.of(SIF);
        }
        if (word.equals("caps")) {
            return Optional.of(CAPABILITY);
        }
        for (Command command : values()) {
            if (command.word.equals(word)) {
                return Optional.of(command);
            }
        }
        return Optional.empty();
    }

    static boolean isNotYetAvailable(String word) {
        return NOT_YET.contains(word);
    }

    String word() {
        return word;
    }

    String summary() {
        return summary;
    }

    String operands() {
        return operands;
    }

    String description() {
        return description;
    }

    List<String> examples() {
        return examples;
    }

    /// The words of which one follows the command and says what it is to do; empty for most.
    List<String> verbs() {
        return verbs;
    }

    /// Whether everything from the first operand on belongs to the payload.
    boolean launches() {
        return this == EXEC
                || this == RUN
                || this == SHELL
                || this == TEST
                || this == INSTANCE_START
                || this == INSTANCE_RUN;
    }

    /// Its words as one, for the names of files.
    String page() {
        return word.replace(' ', '-');
    }
}
