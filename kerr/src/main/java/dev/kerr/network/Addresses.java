package dev.kerr.network;

import java.net.InetAddress;

/// Internet addresses as text.
final class Addresses {
    private Addresses() {}

    /// Whether it is an address of either version, in its usual form. No name is looked up.
    static boolean isAddress(String text) {
        if (text.indexOf(':') < 0) {
            return isFour(text);
        }
        if (text.indexOf('%') >= 0 || text.indexOf('[') >= 0) {
            return false;
        }
        try {
            InetAddress.ofLiteral(text);
            return true;
        } catch (IllegalArgumentException malformed) {
            return false;
        }
    }

    /// Four numbers of 0 to 255 with dots between.
    private static boolean isFour(String text) {
        int parts = 0;
        int value = -1;
        for (int i = 0; i <= text.length(); i++) {
            char c = i < text.length() ? text.charAt(i) : '.';
            if (c >= '0' && c <= '9') {
                value = Math.max(value, 0) * 10 + c - '0';
            } else if (c != '.' || value < 0) {
                return false;
            } else {
                parts++;
                value = -1;
            }
            if (value > 255) {
                return false;
            }
        }
        return parts == 4;
    }
}
