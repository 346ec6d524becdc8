package dev.kerr.cli;

import dev.kerr.build.OciSifBuild.LayersKept;
import dev.kerr.log.UserException;
import java.util.Objects;

/// What kind of file is made of an image of layers.
sealed interface FileKind {
    /// A SIF whose one file system has the layers and what we add to them.
    record NativeSif() implements FileKind {}

    /// An OCI-SIF.
    record OciSif(LayersKept layersKept) implements FileKind {
        public OciSif {
            Objects.requireNonNull(layersKept);
        }
    }

    /// What the options ask for.
    static FileKind of(Invocation invocation) throws UserException {
        if (invocation.flag("no-oci")) {
            return new NativeSif();
        }
        boolean oci = invocation.flag("oci");
        boolean keep = invocation.flag("keep-layers");
        if (keep && !oci) {
            throw new UserException("--keep-layers without --oci: only an OCI-SIF has several layers", "add --oci");
        }
        return oci ? new OciSif(keep ? LayersKept.YES : LayersKept.NO) : new NativeSif();
    }

    /// The ending of a file's name unless the user gives another.
    ///
    /// **Source:** sylabs/singularity `cmd/internal/cli/pull.go`.
    default String ending() {
        return switch (this) {
            case NativeSif() -> ".sif";
            case OciSif _ -> ".oci.sif";
        };
    }
}
