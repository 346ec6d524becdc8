package dev.kerr.bytes;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LittleEndianTest {
    private static final byte[] BYTES = {(byte) 0x81, (byte) 0x92, (byte) 0xa3, (byte) 0xb4, 5, 6, 7, (byte) 0xf8};

    @Test
    void unsigned_values_are_not_negative() {
        assertThat(LittleEndian.u8(BYTES, 0)).isEqualTo(0x81);
        assertThat(LittleEndian.u16(BYTES, 1)).isEqualTo(0xa392);
        assertThat(LittleEndian.u32(BYTES, 0)).isEqualTo(0xb4a39281L);
    }

    @Test
    void signed_values_keep_their_sign() {
        assertThat(LittleEndian.i32(BYTES, 0)).isEqualTo(0xb4a39281);
        assertThat(LittleEndian.i64(BYTES, 0)).isEqualTo(0xf8070605b4a39281L);
    }

    @Test
    void what_is_written_is_read_again() {
        byte[] bytes = new byte[16];
        LittleEndian.put16(bytes, 0, 0xfedc);
        LittleEndian.put32(bytes, 2, 0xfedcba98);
        LittleEndian.put64(bytes, 6, 0xfedcba9876543210L);
        assertThat(LittleEndian.u16(bytes, 0)).isEqualTo(0xfedc);
        assertThat(LittleEndian.i32(bytes, 2)).isEqualTo(0xfedcba98);
        assertThat(LittleEndian.i64(bytes, 6)).isEqualTo(0xfedcba9876543210L);
    }
}
