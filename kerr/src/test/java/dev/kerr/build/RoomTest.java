package dev.kerr.build;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kerr.log.UserException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RoomTest {
    private static final long MORE_THAN_THERE_IS = 1L << 60;

    @TempDir
    Path directory;

    /// @param bytes -1 if nobody is to ask
    private record Told(long bytes, long generousBytes) implements Room {
        @Override
        public long bytes() {
            if (bytes < 0) {
                throw new AssertionError("it is counted without need");
            }
            return bytes;
        }
    }

    @Test
    void where_even_more_than_is_likely_has_room_nobody_counts() throws IOException, UserException {
        Room.require(List.of(new Told(-1, 1), new Told(-1, 2)), directory, "");
    }

    @Test
    void else_what_is_needed_decides() throws IOException, UserException {
        Room.require(List.of(new Told(1, 1), new Told(1, MORE_THAN_THERE_IS)), directory, "");
        List<Room> tooMuch = List.of(Room.UNKNOWN, new Told(MORE_THAN_THERE_IS, MORE_THAN_THERE_IS));
        assertThatThrownBy(() -> Room.require(tooMuch, directory, "hint"))
                .isInstanceOf(UserException.class)
                .hasMessageMatching(
                        "cannot build in \\S+: at least 1099511627776.0 MiB are needed, and \\S+ MiB are free");
    }
}
