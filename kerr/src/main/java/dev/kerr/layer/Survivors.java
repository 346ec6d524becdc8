package dev.kerr.layer;

import dev.kerr.layer.Node.Inode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;

/// The names of a merged tree by the entries that they come from.
final class Survivors {
    /// By entry, directories that it implies before itself; the rest is for the sake of a certain order.
    static final Comparator<Node> ORDER = Comparator.<Node>comparingInt(node -> node.inode.entry())
            .thenComparing(node -> !isImplied(node))
            .thenComparing(Node::path);

    private final List<List<Node>> byLayer = new ArrayList<>();
    private long contentBytes;

    /// Takes the tree apart: it is not to be used any more.
    Survivors(MergedTree tree, int layers) {
        for (int i = 0; i < Math.max(1, layers); i++) {
            byLayer.add(new ArrayList<>());
        }
        Deque<Node> left = new ArrayDeque<>(List.of(tree.root()));
        while (!left.isEmpty()) {
            Node node = left.removeLast();
            byLayer.get(node.inode.layer()).add(node);
            if (node.isDirectory()) {
                left.addAll(node.children.values());
                node.children.clear();
            }
        }
        for (List<Node> nodes : byLayer) {
            nodes.sort(ORDER);
            addBytes(nodes);
        }
    }

    private void addBytes(List<Node> nodes) {
        for (int i = 0; i < nodes.size(); i++) {
            Node node = nodes.get(i);
            boolean isOtherName = i > 0 && nodes.get(i - 1).inode.equals(node.inode);
            if (!isOtherName && node.inode instanceof Inode.Leaf leaf) {
                contentBytes += leaf.size();
            }
        }
    }

    static boolean isImplied(Node node) {
        return node.inode instanceof Inode.Directory directory && directory.isImplied();
    }

    /// Bytes of all files, each counted once.
    long contentBytes() {
        return contentBytes;
    }

    /// Takes the names that come from a layer, in the order of its entries.
    List<Node> takeLayer(int layer) {
        List<Node> nodes = byLayer.get(layer);
        byLayer.set(layer, List.of());
        return nodes;
    }
}
