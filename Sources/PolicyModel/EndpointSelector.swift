// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// Which endpoints a policy governs or a peer stands for: conditions on the endpoint's namespace,
/// on its service account and on its own labels, all of which must hold (S7).
public struct EndpointSelector: Hashable, Sendable {
    /// Where the endpoint must stand.
    public var namespaces: NamespaceScope
    /// What must hold for the endpoint's own labels.
    public var labels: Selector
    /// What must hold for the labels of its service account, among them ``ServiceAccount/nameLabel``;
    /// nil where nothing must. What has no account has no such labels.
    public var serviceAccounts: Selector?
    /// Which kinds of things are meant.
    public var reach: Reach

    /// The kinds of things that a selector can mean.
    public enum Reach: Hashable, Sendable {
        /// Pods alone, as Kubernetes' own APIs mean it.
        case pods
        /// Whatever has labels, as Calico means it: pods, other workloads, host endpoints and, as
        /// peers, network sets.
        case everything
        /// Host endpoints alone: all that policies can mean that judge packets before they are
        /// tracked, or before their destination is translated.
        case hosts

        /// Whether things of this kind are meant.
        ///
        /// - Parameter kind: nil for network sets.
        package func includes(_ kind: EndpointKind?) -> Bool {
            switch self {
            case .pods: kind == .pod
            case .everything: true
            case .hosts: kind == .host
            }
        }
    }

    /// The conditions together.
    public init(
        namespaces: NamespaceScope, labels: Selector, serviceAccounts: Selector? = nil,
        reach: Reach = .pods
    ) {
        self.namespaces = namespaces
        self.labels = labels
        self.serviceAccounts = serviceAccounts
        self.reach = reach
    }

    /// Every pod of the cluster.
    public static var everyPod: Self { Self(namespaces: .any, labels: .everything) }

    /// Every endpoint of the cluster, of any kind.
    public static var everyEndpoint: Self {
        Self(namespaces: .any, labels: .everything, reach: .everything)
    }
}

/// The namespaces in which an ``EndpointSelector`` looks.
public enum NamespaceScope: Hashable, Sendable {
    /// Every namespace, and what stands in none.
    case any
    /// One namespace, by name.
    case named(String)
    /// The namespaces whose labels match. What stands in no namespace is asked as if it stood in one
    /// without labels (Calico's `global()` is the condition that there is no
    /// ``Namespace/calicoNameLabel``).
    case labelled(Selector)
}

extension EndpointSelector: CustomStringConvertible {
    /// The same for equal selectors and different for different ones: `shop: app=web`.
    public var description: String {
        var text = "\(namespaces): \(labels)"
        if let serviceAccounts { text += " run by \(serviceAccounts)" }
        return switch reach {
        case .pods: text
        case .everything: text + " of any kind"
        case .hosts: text + " of host endpoints"
        }
    }
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
