package dev.kerr.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.OptionalInt;

/// Terminals, which only a call into the kernel tells from other files. Not for the launch path: the first call of this
/// kind takes a JVM some ten milliseconds.
///
/// **Source:** ioctl_tty(2); `struct winsize` is rows, columns and two more, 16 bits each.
public final class Terminal {
    public static final int STANDARD_ERROR = 2;

    private static final long TIOCGWINSZ = 0x5413;
    private static final int WINSIZE_BYTES = 8;
    private static final int COLUMNS_AT = 2;

    /// Of a terminal that does not know its size, such as a serial line.
    private static final int USUAL_COLUMNS = 80;

    private Terminal() {}

    /// How wide the terminal is that is open on a descriptor; empty if none is.
    @SuppressWarnings("restricted") // what the class is for
    public static OptionalInt columns(int descriptor) {
        Linker linker = Linker.nativeLinker();
        MethodHandle ioctl = linker.downcallHandle(
                linker.defaultLookup().findOrThrow("ioctl"),
                FunctionDescriptor.of(
                        ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.ADDRESS),
                Linker.Option.firstVariadicArg(2));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment size = arena.allocate(WINSIZE_BYTES, Short.BYTES);
            if (call(ioctl, descriptor, size) != 0) {
                return OptionalInt.empty();
            }
            int columns = Short.toUnsignedInt(size.get(ValueLayout.JAVA_SHORT, COLUMNS_AT));
            return OptionalInt.of(columns == 0 ? USUAL_COLUMNS : columns);
        }
    }

    private static int call(MethodHandle ioctl, int descriptor, MemorySegment size) {
        try {
            return (int) ioctl.invokeExact(descriptor, TIOCGWINSZ, size);
        } catch (RuntimeException | Error bug) {
            throw bug;
        } catch (Throwable impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
