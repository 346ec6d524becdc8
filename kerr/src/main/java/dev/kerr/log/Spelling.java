package dev.kerr.log;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/// Guesses which known word a misspelt one was meant to be.
public final class Spelling {
    private static final int NEAR = 2;

    private Spelling() {}

    /// The nearest known word that is at most two changes away (one in words of up to three letters), or
    /// empty.
    public static Optional<String> nearest(String word, Collection<String> known) {
        int near = word.length() <= 3 ? 1 : NEAR;
        return known.stream()
                .filter(candidate -> distance(word, candidate) <= near)
                .min(Comparator.comparingInt(candidate -> distance(word, candidate)));
    }

    /// Insertions, deletions, replacements and swaps of neighbours needed to make one word of the other.
    static int distance(String from, String to) {
        int[][] cost = new int[from.length() + 1][to.length() + 1];
        for (int i = 0; i <= from.length(); i++) {
            for (int j = 0; j <= to.length(); j++) {
                cost[i][j] = i == 0 || j == 0 ? i + j : cheapest(from, to, i, j, cost);
            }
        }
        return cost[from.length()][to.length()];
    }

    private static int cheapest(String from, String to, int i, int j, int[][] cost) {
        int replaced = cost[i - 1][j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
        int best = Math.min(replaced, 1 + Math.min(cost[i - 1][j], cost[i][j - 1]));
        boolean swapped =
                i > 1 && j > 1 && from.charAt(i - 1) == to.charAt(j - 2) && from.charAt(i - 2) == to.charAt(j - 1);
        return swapped ? Math.min(best, cost[i - 2][j - 2] + 1) : best;
    }
}
