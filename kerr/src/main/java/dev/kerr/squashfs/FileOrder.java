package dev.kerr.squashfs;

import java.util.OptionalInt;

/// Which files of a tree have their contents stored first, together and in an order of their own. All others follow in
/// the order in which their source gives them.
///
/// Paths are byte strings without a slash at either end.
public interface FileOrder {
    /// No file goes first.
    FileOrder NONE = new FileOrder() {
        @Override
        public OptionalInt place(String path) {
            return OptionalInt.empty();
        }

        @Override
        public boolean mayBeBelow(String directory) {
            return false;
        }
    };

    /// The place of the regular file at `path` among those that go first; those of the same place go by the bytes of
    /// their paths. Empty if it is none of them.
    OptionalInt place(String path);

    /// Whether a file that goes first may be in `directory` or below: if not, no source looks for one there.
    boolean mayBeBelow(String directory);
}
