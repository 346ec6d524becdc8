package dev.kerr.linux;

import java.util.Objects;

/// A line of the password database.
///
/// **Source:** passwd(5).
public record Account(String name, int uid, int gid, String gecos, String home, String shell) {
    public Account {
        Objects.requireNonNull(name);
        Objects.requireNonNull(gecos);
        Objects.requireNonNull(home);
        Objects.requireNonNull(shell);
    }

    /// The same account with another home.
    public Account withHome(String other) {
        return new Account(name, uid, gid, gecos, other, shell);
    }

    /// The line as the database has it, without a line end.
    public String line() {
        return name + ":x:" + uid + ":" + gid + ":" + gecos + ":" + home + ":" + shell;
    }
}
