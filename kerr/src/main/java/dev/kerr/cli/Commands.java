package dev.kerr.cli;

/// A set of commands.
///
/// Not an `EnumSet`, which finds the enum's constants by reflection: that costs every launch milliseconds.
///
/// @param bits bit n is set if the n-th command is in the set
record Commands(long bits) {
    static Commands of(Command... commands) {
        long bits = 0;
        for (Command command : commands) {
            bits |= bit(command);
        }
        return new Commands(bits);
    }

    static Commands all() {
        return of(Command.values());
    }

    boolean contains(Command command) {
        return (bits & bit(command)) != 0;
    }

    boolean isEmpty() {
        return bits == 0;
    }

    Commands and(Commands others) {
        return new Commands(bits | others.bits);
    }

    private static long bit(Command command) {
        return 1L << command.ordinal();
    }
}
