package dev.kerr.container;

import java.util.OptionalLong;

/// What a payload may do that an ordinary process may not, as it was asked for. Sets of capabilities are as
/// [dev.kerr.linux.Capability] has them.
///
/// @param root what a payload that is root has at first; empty for all that kerr has itself. An ordinary user's has
/// none
/// @param added capabilities that it has beside, and passes on to the programs that it executes
/// @param dropped capabilities that it has not, whoever grants them
/// @param setuid whether setuid programs of the image mean something: the real root's alone
public record Rights(OptionalLong root, long added, long dropped, boolean setuid) {
    /// What a launch has without any option.
    public static final Rights USUAL = new Rights(OptionalLong.empty(), 0, 0, false);

    /// Capabilities lost with root's id stay lost, and none comes back with it: NOROOT, NO_SETUID_FIXUP and
    /// NO_CAP_AMBIENT_RAISE, each locked, and KEEP_CAPS locked off.
    ///
    /// **Source:** capabilities(7), `linux/securebits.h`.
    static final int SECUREBITS = 0xef;

    /// The operation for an ordinary user's payload.
    Op.Privileges ofUser() {
        long wanted = added & ~dropped;
        return new Op.Privileges(true, SECUREBITS, wanted, wanted, wanted);
    }

    /// The operation for a payload that is root.
    ///
    /// @param own what kerr has itself where the payload starts
    Op.Privileges ofRoot(long own) {
        long first = root.orElse(own);
        long wanted = (first | added) & ~dropped;
        return new Op.Privileges(!setuid, first == 0 ? SECUREBITS : 0, wanted, wanted, added & ~dropped);
    }
}
