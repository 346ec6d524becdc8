package dev.kerr.container;

/// The kinds of operation, with their numbers on the wire.
///
/// **Source:** `starter/plan.h`, which defines them; a test compares.
public enum OpCode {
    IMAGE(1),
    USER_NAMESPACE(2),
    IMAGE_SERVER(3),
    MOUNT_NAMESPACE(4),
    SESSION(5),
    DIRECTORY(6),
    FILE(7),
    SYMLINK(8),
    MOUNT_SERVED(9),
    MOUNT_LOOP(10),
    MOUNT_DIRECTORY(11),
    OVERLAY(12),
    ROOT(13),
    BIND(14),
    BIND_SESSION(15),
    ENTER(16),
    CHDIR(17),
    PRIVILEGES(18),
    ENV_KEEP(19),
    ENV_DROP(20),
    ENV_STASH(21),
    ENV_SET(22),
    UMASK(23),
    EXEC(24),
    PROCESS_NAMESPACE(25),
    PROC(26),
    PRELOAD(27),
    LOCK_IMAGE(28),
    BIND_IMAGE(29),
    NEW_MOUNT(30),
    HOST_DIRECTORY(31),
    FUSE_SERVER(32),
    PRIVATE_MOUNTS(33),
    BECOME(34),
    SHARE(35),
    NAMESPACES(36),
    HOSTNAME(37),
    MASK(38),
    KEYRING(40),
    DETACH(42),
    RECORD(43),
    JOIN(44),
    READ_ONLY(48),
    SECCOMP(39),
    LOOPBACK(45),
    NETWORK_HELPER(46),
    JOIN_NETWORK(47),
    CGROUP(41),
    CGROUP_ENTER(49),
    CGROUP_JOIN(50),
    LOG(60),
    HOOK(61),
    CREATE(62),
    PROCESS(63),
    RECORD_PROCESS(64),
    HOOKS(65),
    CONSOLE(66),
    READY(67),
    ENTER_CONTAINER(68),
    CGROUP_KEEP(69),
    PATH_NAMESPACE(70),
    PROC_WRITE(71),
    RLIMIT(72),
    CAPABILITIES(73),
    DOMAINNAME(74),
    PERSONALITY(75),
    TARGET(76),
    ATTRIBUTES(77),
    START(78),
    DELETE(79);

    private final int number;

    OpCode(int number) {
        this.number = number;
    }

    public int number() {
        return number;
    }
}
