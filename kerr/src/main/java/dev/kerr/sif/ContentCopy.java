package dev.kerr.sif;

import dev.kerr.bytes.ByteRegion;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/// The content of a new object, copied to its place in the file.
///
/// @param object as it is to be described: with the digest of its content if it wants one
/// @param size bytes copied
record ContentCopy(NewObject object, long size) {
    private static final int CHUNK = 1 << 18;

    /// Copies the content of `object` to `offset` of `out`.
    ///
    /// @param before the objects before it in the file
    /// @throws FormatException if it is shorter than it was said to be
    static ContentCopy of(NewObject object, List<Descriptor> before, OutputFile out, long offset) throws IOException {
        ObjectContent content = object.content() instanceof ObjectContent.Composed(ObjectContent.Composer composer)
                ? new ObjectContent.Bytes(composer.compose(before))
                : object.content();
        if (!object.wantsDigest()) {
            return new ContentCopy(object, copy(content, out, offset));
        }
        MessageDigest sha256 = sha256();
        long size = copyHashing(content, out, offset, sha256);
        String digest = "sha256:" + HexFormat.of().formatHex(sha256.digest());
        return new ContentCopy(object.withExtra(new Extra.OciDigest(digest)), size);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible); // every Java has it
        }
    }

    /// Copies a content to `offset`.
    ///
    /// @return its size
    static long copy(ObjectContent content, OutputFile out, long offset) throws IOException {
        return switch (content) {
            case ObjectContent.Bytes(byte[] bytes) -> {
                out.write(ByteBuffer.wrap(bytes), offset);
                yield bytes.length;
            }
            case ObjectContent.File(Path path) -> {
                try (FileChannel in = FileChannel.open(path, StandardOpenOption.READ)) {
                    yield copy(new ObjectContent.Range(in, 0, in.size()), out, offset);
                }
            }
            case ObjectContent.Range range -> {
                out.copy(range, offset);
                yield range.size();
            }
            case ObjectContent.Stream(InputStream stream) -> copyStream(stream, out, offset);
            case ObjectContent.Made(ObjectContent.Maker maker) -> out.make(maker, offset);
            case ObjectContent.Composed _ -> throw new IllegalStateException("is composed before");
        };
    }

    /// Copies piece by piece, since the kernel would let us see nothing.
    private static long copyHashing(ObjectContent content, OutputFile out, long offset, MessageDigest digest)
            throws IOException {
        return switch (content) {
            case ObjectContent.Bytes(byte[] bytes) -> {
                digest.update(bytes);
                yield copy(content, out, offset);
            }
            case ObjectContent.File(Path path) -> {
                try (FileChannel in = FileChannel.open(path, StandardOpenOption.READ)) {
                    yield copyHashing(new ObjectContent.Range(in, 0, in.size()), out, offset, digest);
                }
            }
            case ObjectContent.Range range -> copyRange(range, out, offset, digest);
            case ObjectContent.Stream(InputStream stream) ->
                copyStream(new DigestInputStream(stream, digest), out, offset);
            case ObjectContent.Made(ObjectContent.Maker maker) -> {
                long size = out.make(maker, offset); // which writes here and there
                out.read(offset, size, digest);
                yield size;
            }
            case ObjectContent.Composed _ -> throw new IllegalStateException("is composed before");
        };
    }

    private static long copyRange(ObjectContent.Range range, OutputFile out, long offset, MessageDigest digest)
            throws IOException {
        var in = new ByteRegion(range.channel(), range.offset(), range.size());
        byte[] buffer = new byte[CHUNK];
        long done = 0;
        while (done < range.size()) {
            int size = (int) Math.min(CHUNK, range.size() - done);
            in.read(done, buffer, size, "content of a data object");
            digest.update(buffer, 0, size);
            out.write(ByteBuffer.wrap(buffer, 0, size), offset + done);
            done += size;
        }
        return done;
    }

    private static long copyStream(InputStream stream, OutputFile out, long offset) throws IOException {
        byte[] buffer = new byte[CHUNK];
        long done = 0;
        for (int size = stream.read(buffer); size >= 0; size = stream.read(buffer)) {
            out.write(ByteBuffer.wrap(buffer, 0, size), offset + done);
            done += size;
        }
        return done;
    }
}
