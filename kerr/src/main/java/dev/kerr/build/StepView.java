package dev.kerr.build;

import static java.util.Objects.requireNonNull;

import dev.kerr.container.Bind;
import dev.kerr.container.ContainerSpec.Writable;
import dev.kerr.gpu.GpuMounts;
import dev.kerr.image.FileTree;
import dev.kerr.log.UserException;
import java.io.IOException;
import java.util.List;

/// What `%post` and `%test` have of the host, because the user asked for it.
///
/// @param binds in order
/// @param gpus finds what graphics processors need in an image
/// @param writableOfTest what `%test` may write: nothing, or what is gone afterwards
public record StepView(List<Bind> binds, GpuFinder gpus, Writable writableOfTest) {
    /// Nothing.
    public static final StepView NOTHING = new StepView(List.of(), _ -> GpuMounts.NONE, Writable.NO);

    public StepView {
        binds = List.copyOf(binds);
        requireNonNull(gpus);
        if (writableOfTest == Writable.YES) {
            throw new IllegalArgumentException("a test that changes what it tests");
        }
    }

    /// Finds what is to be mounted for graphics processors.
    public interface GpuFinder {
        /// @param image in which it will be mounted
        GpuMounts find(FileTree image) throws UserException, IOException;
    }
}
