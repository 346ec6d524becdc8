package dev.kerr.sif;

import dev.kerr.bytes.ByteRegion;
import dev.kerr.bytes.FormatException;
import dev.kerr.bytes.LittleEndian;
import dev.kerr.linux.LockedFile;
import dev.kerr.log.UserException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/// Changes a SIF file where it lies: adds and deletes objects, and makes another partition the primary one.
///
/// A process that is killed in the middle, or a machine that loses power, leaves a file that opens, with the objects
/// from before or with those from after. Each step is on the disk before the next begins: first the data, where no
/// object is; then the descriptor, whose one byte `used` decides; then the header, whose counts decide nothing. An edit
/// that is refused has changed nothing, and one whose data cannot be written leaves the file as long as it was.
///
/// Two editors exclude each other by a lock of the header; an object that a running container uses as a writable layer
/// is locked by it, and cannot be deleted. Readers are not locked out. Not thread-safe.
///
/// Source: sylabs/sif `pkg/sif/add.go`, `delete.go`, `set.go`, which write the same bytes in an order of their own.
public final class SifEditor implements AutoCloseable {
    private static final int ZEROS = 1 << 18;

    private final String name;
    private final FileChannel in;
    private final OutputFile out;
    private final Locks locks;
    private final InstantSource clock;
    private Sif sif;

    /// @param name of the file, for messages
    SifEditor(String name, FileChannel in, OutputFile out, Locks locks, InstantSource clock) throws IOException {
        this.name = Objects.requireNonNull(name);
        this.in = Objects.requireNonNull(in);
        this.out = Objects.requireNonNull(out);
        this.locks = Objects.requireNonNull(locks);
        this.clock = Objects.requireNonNull(clock);
        this.sif = Sif.open(in);
        if (sif.header().dataOffset() > in.size()) {
            throw new FormatException("SIF data begins behind the end of the file", SifHeader.DATA_OFFSET_AT);
        }
    }

    /// What to do with the bytes of an object that is deleted, which stay where they are otherwise.
    public enum Cleanup {
        /// Overwrite them with zeros.
        ZERO,
        /// Cut off what no object needs any more at the end of the file.
        COMPACT
    }

    /// Keeps others from a stretch of the file until this editor is closed.
    interface Locks extends AutoCloseable {
        LockedFile.Outcome lock(long offset, long size) throws IOException;

        @Override
        void close() throws IOException;
    }

    /// Opens and locks a file.
    ///
    /// @param clock tells the time of a change; a file of no id and no time keeps having none
    /// @throws FormatException if it is no whole SIF file
    /// @throws UserException if another process is changing it
    public static SifEditor open(Path path, InstantSource clock) throws IOException, UserException {
        LockedFile file = LockedFile.open(path);
        boolean done = false;
        try {
            if (file.lock(0, SifHeader.SIZE) == LockedFile.Outcome.HELD_BY_ANOTHER) {
                throw new UserException(
                        "image " + path + " is being changed by another process", "try again when it is done");
            }
            var editor = new SifEditor(
                    path.toString(), file.channel(), OutputFile.of(file.channel()), new FileLocks(file), clock);
            done = true;
            return editor;
        } finally {
            if (!done) {
                file.close();
            }
        }
    }

    private record FileLocks(LockedFile file) implements Locks {
        @Override
        public LockedFile.Outcome lock(long offset, long size) throws IOException {
            return file.lock(offset, size);
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }

    /// The file as it is after the last edit.
    public Sif sif() {
        return sif;
    }

    /// Adds an object behind all others, in the first free slot.
    ///
    /// @return its id
    /// @throws UserException if no slot is free, or it is a second primary partition
    public int add(NewObject object) throws IOException, UserException {
        int id = freeId();
        var primary = sif.primaryPartition();
        if (object.isPrimaryPartition() && primary.isPresent()) {
            throw new UserException(
                    "image " + name + " has a primary partition already, object "
                            + primary.get().id(),
                    "add it as a system partition and make it the primary one by `kerr sif setprim`");
        }
        long end = dataEnd(sif.descriptors());
        long offset = object.offsetBehind(end);
        ContentCopy copy = copyOrRestore(object, offset);
        var place = new Descriptor.Place(offset, copy.size(), offset - end);
        byte[] slot = Descriptor.of(id, copy.object(), place, seconds()).encoded();
        slot[Descriptor.USED_AT] = 0;
        out.write(ByteBuffer.wrap(slot), slotOffset(id));
        out.sync();
        setUsed(id, 1);
        writeHeader(offset + copy.size() - sif.header().dataOffset());
        return id;
    }

    private int freeId() throws UserException {
        int id = 1;
        for (Descriptor descriptor : sif.descriptors()) {
            if (descriptor.id() > id) {
                return id;
            }
            id++;
        }
        long total = sif.header().descriptors().total();
        if (id > total) {
            throw new UserException(
                    "all " + total + " descriptors of image " + name + " are in use", "delete an object first");
        }
        return id;
    }

    private ContentCopy copyOrRestore(NewObject object, long offset) throws IOException {
        long sizeBefore = in.size();
        boolean done = false;
        try {
            ContentCopy copy = ContentCopy.of(object, sif.descriptors(), out, offset);
            out.sync();
            done = true;
            return copy;
        } finally {
            if (!done) {
                out.truncate(sizeBefore);
            }
        }
    }

    /// Deletes an object; no other object's id, place or content changes.
    ///
    /// @throws UserException if there is no such object, it is in use, or zeroing it would hit another one
    public void delete(int id, Set<Cleanup> cleanup) throws IOException, UserException {
        Descriptor going = require(id);
        List<Descriptor> staying =
                sif.descriptors().stream().filter(each -> each.id() != id).toList();
        if (cleanup.contains(Cleanup.ZERO)) {
            refuseSharedBytes(going, staying);
        }
        if (going.size() > 0 && locks.lock(going.offset(), going.size()) == LockedFile.Outcome.HELD_BY_ANOTHER) {
            throw new UserException(
                    "object " + id + " of image " + name + " is in use by another process",
                    "a container that writes to it is running");
        }
        setUsed(id, 0);
        out.write(ByteBuffer.wrap(new byte[Descriptor.SIZE]), slotOffset(id));
        boolean compact = cleanup.contains(Cleanup.COMPACT);
        long end = dataEnd(staying);
        writeHeader(compact ? end - sif.header().dataOffset() : sif.header().dataSize());
        if (cleanup.contains(Cleanup.ZERO)) {
            zero(going);
        }
        if (compact) {
            out.truncate(end);
            out.sync();
        }
    }

    private Descriptor require(int id) throws UserException {
        var found = sif.descriptor(id);
        if (found.isEmpty()) {
            throw new UserException(
                    "image " + name + " has no object " + Integer.toUnsignedString(id), "`kerr sif list` shows them");
        }
        return found.get();
    }

    private void refuseSharedBytes(Descriptor going, List<Descriptor> staying) throws UserException {
        long end = going.offset() + going.size();
        for (Descriptor other : staying) {
            if (other.size() > 0 && other.offset() < end && other.offset() + other.size() > going.offset()) {
                throw new UserException(
                        "object " + going.id() + " of image " + name + " shares bytes with object " + other.id(),
                        "delete it without zeroing");
            }
        }
    }

    private void zero(Descriptor descriptor) throws IOException {
        byte[] zeros = new byte[(int) Math.min(ZEROS, descriptor.size())];
        for (long done = 0; done < descriptor.size(); done += zeros.length) {
            int size = (int) Math.min(zeros.length, descriptor.size() - done);
            out.write(ByteBuffer.wrap(zeros, 0, size), descriptor.offset() + done);
        }
        out.sync();
    }

    /// Makes a system partition the one that is run; the one that was becomes a system partition. Nothing is done if it
    /// is the primary one.
    ///
    /// Between the two steps the file has no primary partition: a process that is killed there leaves it so, and the
    /// same edit again completes it.
    ///
    /// @throws UserException if there is no such object, or it is no system partition
    public void makePrimary(int id) throws IOException, UserException {
        Descriptor chosen = require(id);
        if (chosen.isPrimaryPartition()) {
            return;
        }
        if (new Selector.OfPurpose(PartitionType.SYSTEM).chooses(chosen)) {
            var primary = sif.primaryPartition();
            if (primary.isPresent()) {
                setPurpose(primary.get(), PartitionType.SYSTEM);
            }
            setPurpose(chosen, PartitionType.PRIMARY_SYSTEM);
            writeHeader(sif.header().dataSize());
            return;
        }
        throw new UserException(
                "object " + id + " of image " + name + " is no system partition", "`kerr sif list` shows which are");
    }

    private void setPurpose(Descriptor descriptor, PartitionType purpose) throws IOException {
        byte[] changed = descriptor.withPartitionType(purpose, seconds()).encoded();
        int from = Descriptor.MODIFIED_AT;
        int to = Descriptor.PARTITION_TYPE_AT + Integer.BYTES;
        out.write(ByteBuffer.wrap(changed, from, to - from), slotOffset(descriptor.id()) + from);
        out.sync();
    }

    /// The one byte that decides whether an object is there.
    private void setUsed(int id, int used) throws IOException {
        out.write(ByteBuffer.wrap(new byte[] {(byte) used}), slotOffset(id) + Descriptor.USED_AT);
        out.sync();
    }

    /// Brings the header into line with the descriptors, and learns anew what the file is.
    private void writeHeader(long dataSize) throws IOException {
        Sif changed = Sif.open(in);
        byte[] bytes = new byte[SifHeader.SIZE];
        ByteRegion.whole(in).read(0, bytes, bytes.length, "SIF header");
        var primary = changed.primaryPartition();
        if (primary.isPresent()) {
            byte[] descriptor = primary.get().encoded();
            int from = Descriptor.PARTITION_ARCHITECTURE_AT;
            System.arraycopy(descriptor, from, bytes, SifHeader.ARCHITECTURE_AT, SifHeader.ARCHITECTURE_SIZE);
        } else if (sif.primaryPartition().isPresent()) {
            byte[] unknown = (Architecture.UNKNOWN.code() + "\0").getBytes(StandardCharsets.US_ASCII);
            System.arraycopy(unknown, 0, bytes, SifHeader.ARCHITECTURE_AT, SifHeader.ARCHITECTURE_SIZE);
        }
        LittleEndian.put64(bytes, SifHeader.MODIFIED_AT, seconds());
        long free =
                changed.header().descriptors().total() - changed.descriptors().size();
        LittleEndian.put64(bytes, SifHeader.DESCRIPTORS_FREE_AT, free);
        LittleEndian.put64(bytes, SifHeader.DATA_SIZE_AT, Math.max(0, dataSize));
        out.write(ByteBuffer.wrap(bytes), 0);
        out.sync();
        sif = Sif.open(in);
    }

    /// Where the last of these objects ends; never inside header or table.
    private long dataEnd(List<Descriptor> descriptors) {
        SifHeader header = sif.header();
        long tableEnd = header.descriptors().offset() + header.descriptors().total() * Descriptor.SIZE;
        long end = Math.max(header.dataOffset(), tableEnd);
        for (Descriptor descriptor : descriptors) {
            end = Math.max(end, descriptor.offset() + descriptor.size());
        }
        return end;
    }

    private long slotOffset(int id) {
        return sif.header().descriptors().offset() + (long) (id - 1) * Descriptor.SIZE;
    }

    /// The time of a change.
    private long seconds() {
        return sif.header().isTimeless() ? SifHeader.NO_TIME : clock.instant().getEpochSecond();
    }

    @Override
    public void close() throws IOException {
        locks.close();
    }
}
