package dev.kerr.container;

import dev.kerr.linux.Account;
import dev.kerr.log.UserException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// What a launch has by `--security`, or because it is contained.
///
/// @param syscalls what its system calls are filtered by, beside the filter of terminals that every launch has
/// @param user whom root becomes, if it does
/// @param labels what modules of the kernel have it run as
public record Security(Optional<SyscallFilter> syscalls, Optional<OtherUser> user, List<SecurityLabel> labels) {
    /// What a launch has without any option.
    public static final Security NONE = of(Optional.empty(), Optional.empty());

    public Security {
        Objects.requireNonNull(syscalls);
        Objects.requireNonNull(user);
        labels = List.copyOf(labels);
    }

    /// One without labels.
    public static Security of(Optional<SyscallFilter> syscalls, Optional<OtherUser> user) {
        return new Security(syscalls, user, List.of());
    }

    /// A compiled profile.
    ///
    /// @param program as `dev.kerr.seccomp.Program` writes it
    /// @param isLogged whether the kernel logs what it does not allow
    public record SyscallFilter(String program, boolean isLogged) {
        public SyscallFilter {
            Objects.requireNonNull(program);
        }
    }

    /// Another user than the caller.
    ///
    /// @param groups supplementary group ids
    public record OtherUser(Account account, List<Integer> groups) {
        public OtherUser {
            Objects.requireNonNull(account);
            groups = List.copyOf(groups);
        }

        /// The user that an image means by a text as its configuration has it.
        ///
        /// @param passwd the text of its `/etc/passwd`
        /// @param group the text of its `/etc/group`
        /// @throws UserException if the image has no such user or group
        public static OtherUser ofImage(String spelling, String passwd, String group) throws UserException {
            ImageUser user = ImageUser.find(spelling, passwd, group);
            return new OtherUser(user.account(), user.groups());
        }
    }
}
