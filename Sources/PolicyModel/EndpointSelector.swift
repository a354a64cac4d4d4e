// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// Which endpoints a policy governs or a peer stands for: a condition on the endpoint's namespace
/// and one on its own labels, both of which must hold (S7).
public struct EndpointSelector: Hashable, Sendable {
    /// Where the endpoint must stand.
    public var namespaces: NamespaceScope
    /// What must hold for the endpoint's own labels.
    public var labels: Selector

    /// Both conditions together.
    public init(namespaces: NamespaceScope, labels: Selector) {
        self.namespaces = namespaces
        self.labels = labels
    }

    /// Every endpoint of the cluster.
    public static var everyEndpoint: Self { Self(namespaces: .any, labels: .everything) }
}

/// The namespaces in which an ``EndpointSelector`` looks.
public enum NamespaceScope: Hashable, Sendable {
    /// Every namespace.
    case any
    /// One namespace, by name.
    case named(String)
    /// The namespaces whose labels match.
    case labelled(Selector)
}

extension EndpointSelector: CustomStringConvertible {
    /// The same for equal selectors and different for different ones: `shop: app=web`.
    public var description: String { "\(namespaces): \(labels)" }
}

extension NamespaceScope: CustomStringConvertible {
    /// The namespace's name, `*` for any, or a condition in brackets.
    public var description: String {
        switch self {
        case .any: "*"
        case .named(let name): name
        case .labelled(let selector): "[\(selector)]"
        }
    }
}
