/// What a container needs of the host's graphics processors: [dev.kerr.gpu.Gpus] looks at the host's files and says
/// what
/// a launch must bind. `--nv` and `--rocm` work from lists of names, of which the host's loader says where the
/// libraries
/// are ([dev.kerr.gpu.LdCache]); `--device` works from what vendors wrote down
/// ([Container Device Interface](https://github.com/cncf-tags/container-device-interface), the classes `Cdi…`).
@NullMarked
package dev.kerr.gpu;

import org.jspecify.annotations.NullMarked;
