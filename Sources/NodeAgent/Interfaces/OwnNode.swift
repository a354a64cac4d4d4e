// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

/// The node itself, put together from its object, which the source tells, and its interfaces, which
/// the kernel tells.
struct OwnNode {
    private let name: String
    private var object: Node?
    private var interfaces: [NodeInterface] = []

    /// A node of which nothing is known.
    init(named name: String) { self.name = name }

    /// The changes, that of the node's object with its interfaces.
    mutating func complete(_ changes: [ClusterChange]) -> [ClusterChange] {
        changes.map { change in
            guard case .node(name, let object) = change else { return change }
            self.object = object
            return self.change
        }
    }

    /// Takes the interfaces as they are now.
    ///
    /// - Returns: what this changes; nil where nothing does.
    mutating func put(_ interfaces: [NodeInterface]) -> ClusterChange? {
        guard interfaces != self.interfaces else { return nil }
        self.interfaces = interfaces
        return change
    }

    private var change: ClusterChange {
        if object == nil, interfaces.isEmpty { return .node(name, nil) }
        var node = object ?? Node(name: name)
        node.interfaces = interfaces
        return .node(name, node)
    }
}
