// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

extension TrafficSide {
    /// Decodes an entry of `from` or `to`.
    ///
    /// - Parameter namespace: For names without one.
    init?(_ field: Field, namespace: String, _ log: inout ProblemLog) {
        if case .mapping = field.node.content {
            self.init(mapping: field, &log)
            return
        }
        guard let text = field.string(&log) else { return nil }
        if text == "world" {
            self = .world
        } else if let address = IPAddress(text) {
            self = .network(address.asBlock, except: [])
        } else if text.first?.isNumber == true || text.contains(":"), text.contains("/"),
            let block = CIDR(text)
        {
            self = .network(block, except: [])
        } else if let named = Self.pods(text, namespace: namespace) {
            self = named
        } else {
            log.error(
                field, "\(MessageText.quoted(text)) is nobody's name",
                remedy:
                    "write namespace/pod, namespace/workload, namespace/*, an address, a block, "
                    + "world, or a selector such as {namespace: shop, labels: {app: web}}")
            return nil
        }
    }

    /// `shop/web`, `shop/deployment/web`, `shop/*`, or `web` in the default namespace.
    private static func pods(_ text: String, namespace: String) -> TrafficSide? {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        if parts.count == 2, parts[1] == "*", NameSyntax.isLabel(parts[0]) {
            return .pods(EndpointSelector(namespaces: .named(parts[0]), labels: .everything))
        }
        guard parts.count <= 3, parts.allSatisfy(NameSyntax.isSubdomain) else { return nil }
        return .named(parts.count == 1 ? "\(namespace)/\(text)" : text)
    }

    private init?(mapping field: Field, _ log: inout ProblemLog) {
        if field["cidr"] != nil {
            field.refuseUnknown(besides: ["cidr", "except"], &log)
            guard case .network(let block, let exceptions)? = Peer(block: field, &log) else {
                return nil
            }
            self = .network(block, except: exceptions)
            return
        }
        let known = ["namespace", "namespaceLabels", "labels", "cidr", "except"]
        field.refuseUnknown(besides: known, &log)
        let name = field["namespace"]?.namespaceName(&log)
        let namespaceLabels = field["namespaceLabels"]?.labels(&log)
        let labels = field["labels"]?.labels(&log)
        guard field["namespace"] != nil || namespaceLabels != nil || labels != nil else {
            log.error(
                field, "selects nobody in particular",
                remedy: "write namespace, namespaceLabels, labels or cidr")
            return nil
        }
        self = .pods(
            EndpointSelector(
                namespaces: NamespaceScope(name: name, labels: namespaceLabels),
                labels: Selector(equal: labels ?? [:])))
    }
}

extension NamespaceScope {
    /// The namespaces that have the name and the labels, as far as these are stated.
    fileprivate init(name: String?, labels: [String: String]?) {
        switch (name, labels) {
        case (nil, nil): self = .any
        case (let name?, nil): self = .named(name)
        case (nil, let labels?): self = .labelled(Selector(equal: labels))
        case (let name?, let labels?):
            // Every namespace has its name as a label (S11).
            self = .labelled(
                .all([Selector(equal: [Namespace.nameLabel: name]), Selector(equal: labels)]))
        }
    }
}

extension Selector {
    /// Each of these labels has its value.
    fileprivate init(equal labels: [String: String]) {
        let conditions = labels.sorted { $0.key < $1.key }.map { key, value in
            Selector.isOneOf(key: key, values: [value])
        }
        switch conditions.count {
        case 0: self = .everything
        case 1: self = conditions[0]
        default: self = .all(conditions)
        }
    }
}

extension IPAddress {
    /// The block that holds nothing else.
    var asBlock: CIDR { CIDR(self, prefixLength: family == .ipv4 ? 32 : 128) }
}
