// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// A policy's kind, namespace and name, unique in the cluster.
public struct PolicyID: Hashable, Sendable, Comparable {
    /// The API kind, for example `NetworkPolicy`.
    public var kind: String
    /// Nil for kinds that belong to the whole cluster.
    public var namespace: String?
    /// The name as its object states it.
    public var name: String

    /// A value of these parts.
    public init(kind: String, namespace: String?, name: String) {
        self.kind = kind
        self.namespace = namespace
        self.name = name
    }

    /// Few policies differ in their kind alone.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(name)
        hasher.combine(namespace)
    }

    /// The order of policies of equal order: that of the texts `name/namespace/kind` (S61). So
    /// `web-deny` comes before `web`, as a hyphen comes before a slash.
    public static func < (left: PolicyID, right: PolicyID) -> Bool {
        if left.name != right.name { return precedes(left.name, right.name) }
        let namespaces = (left.namespace ?? "", right.namespace ?? "")
        if namespaces.0 != namespaces.1 { return precedes(namespaces.0, namespaces.1) }
        return left.kind < right.kind
    }

    /// Whether one text comes before another, different one, if both end in a slash.
    private static func precedes(_ left: String, _ right: String) -> Bool {
        let slash = UInt8(ascii: "/")
        var others = right.utf8.makeIterator()
        for byte in left.utf8 {
            let other = others.next() ?? slash
            if byte != other { return byte < other }
        }
        return others.next().map { slash < $0 } ?? false
    }
}

extension PolicyID: CustomStringConvertible {
    /// `namespace/name`, or the name alone for a policy of the whole cluster.
    public var description: String { namespace.map { "\($0)/\(name)" } ?? name }
}
