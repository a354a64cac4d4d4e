// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// Sets of traits as nodes of a tree: a node has its parent's traits and one more.
///
/// Where traits are added in the same order, equal sets are the same node.
struct TraitTree: Sendable {
    private var parents = [0]
    private var ownTraits = [-1]
    private var children: [Edge: Int] = [:]
    private var latest = (edge: Edge(parent: -1, trait: -1), child: 0)

    private struct Edge: Hashable {
        var parent: Int
        var trait: Int
    }

    /// How many nodes there are; the one without traits is 0.
    var count: Int { parents.count }

    /// The node with one trait more; made if there is none.
    mutating func child(of parent: Int, _ trait: Int) -> Int {
        let edge = Edge(parent: parent, trait: trait)
        // Neighbours in a list are often alike.
        if latest.edge == edge { return latest.child }
        let child = children[edge] ?? parents.count
        if child == parents.count {
            parents.append(parent)
            ownTraits.append(trait)
            children[edge] = child
        }
        latest = (edge, child)
        return child
    }

    /// The node with one trait more; nil if there is none.
    func knownChild(of parent: Int, _ trait: Int) -> Int? {
        children[Edge(parent: parent, trait: trait)]
    }

    /// The traits that a node has beyond those of an ancestor, the latest first.
    func traits(of node: Int, beyond ancestor: Int = 0) -> [Int] {
        var traits: [Int] = []
        var node = node
        while node != ancestor, node != 0 {
            traits.append(ownTraits[node])
            node = parents[node]
        }
        return traits
    }
}
