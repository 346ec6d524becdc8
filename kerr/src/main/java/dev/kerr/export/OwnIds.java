package dev.kerr.export;

import dev.kerr.linux.Account;
import dev.kerr.linux.Accounts;
import dev.kerr.linux.Credentials;
import dev.kerr.linux.SubIds;
import dev.kerr.squashfs.Entry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/// The ids of the host that stand for those of an image in a directory that an ordinary user built: the user's own for
/// root, the user's sub-ids for the others. Root's are what they are.
record OwnIds(Ids users, Ids groups) {
    OwnIds {
        Objects.requireNonNull(users);
        Objects.requireNonNull(groups);
    }

    /// @param own the id that stands for 0
    /// @param others the ids that stand for 1 and those that follow
    record Ids(long own, Optional<SubIds> others) {
        Ids {
            Objects.requireNonNull(others);
        }

        /// The id in the image.
        long inside(long id) {
            if (id == own) {
                return 0;
            }
            long index = others.isEmpty() ? -1 : others.get().indexOf(id);
            return index >= 0 ? index + 1 : id;
        }
    }

    /// Those of this process.
    static OwnIds current() throws IOException {
        Credentials caller = Credentials.current();
        if (caller.uid() == 0) {
            return new OwnIds(new Ids(0, Optional.empty()), new Ids(0, Optional.empty()));
        }
        String name = Accounts.user(caller.uid()).map(Account::name).orElse("");
        return new OwnIds(
                new Ids(caller.uid(), SubIds.of(Path.of("/etc/subuid"), name, caller.uid())),
                new Ids(caller.gid(), SubIds.of(Path.of("/etc/subgid"), name, caller.uid())));
    }

    /// An entry with the ids that it has in the image.
    Optional<Entry> asRoot(Entry entry) {
        if (!(entry instanceof Entry.Original original)) {
            return Optional.of(entry);
        }
        Entry.Metadata metadata = original.metadata();
        return Optional.of(
                original.with(metadata.ownedBy(users.inside(metadata.uid()), groups.inside(metadata.gid()))));
    }
}
