/// Kerr, a container system for high-performance computing.
///
/// No package is exported: there is no promise to Java callers yet.
module dev.kerr {
    requires static org.jspecify;
    requires java.net.http;
    requires com.fasterxml.jackson.core;
    requires aircompressor.v3;
    requires com.github.luben.zstd_jni;
    requires org.bouncycastle.pg;
    requires org.bouncycastle.provider;
    requires org.snakeyaml.engine;
    requires org.tomlj;
    requires org.tukaani.xz;
}
