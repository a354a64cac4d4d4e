// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

/// Why a selector does not match an endpoint: at least one of its conditions does not hold.
public struct SelectionGap: Hashable, Sendable {
    /// Why the endpoint's namespace is not meant.
    public enum NamespaceGap: Hashable, Sendable {
        /// The selector looks in another namespace, of this name, whether it says so itself (S8)
        /// or by the label that holds the name (S11).
        case other(String)
        /// The namespace's labels do not fit.
        case labels([UnmetCondition])
    }

    /// The endpoint that is not matched.
    public var endpoint: EndpointID
    /// Why its namespace is not meant; nil if it is.
    public var namespace: NamespaceGap?
    /// The conditions that the endpoint's own labels do not fulfil; empty if they fit.
    public var labels: [UnmetCondition]

    /// The conditions that the labels of its service account do not fulfil; empty if they fit.
    public var account: [UnmetCondition]
    /// The selector means pods alone, and the endpoint is none.
    public var isOtherKind: Bool

    /// A value of these parts.
    public init(
        endpoint: EndpointID, namespace: NamespaceGap?, labels: [UnmetCondition],
        account: [UnmetCondition] = [], isOtherKind: Bool = false
    ) {
        self.endpoint = endpoint
        self.namespace = namespace
        self.labels = labels
        self.account = account
        self.isOtherKind = isOtherKind
    }
}

/// A condition that some labels do not fulfil, and what they have instead.
public struct UnmetCondition: Hashable, Sendable {
    /// A label that a condition is about.
    public struct Label: Hashable, Sendable {
        /// Its key.
        public var key: String
        /// Its value; nil where the label is absent.
        public var value: String?

        /// A value of these parts.
        public init(key: String, value: String?) {
            self.key = key
            self.value = value
        }
    }

    /// The condition that does not hold.
    public var condition: Selector
    /// The labels that it is about, as they are.
    public var labels: [Label]

    /// A value of these parts.
    public init(condition: Selector, labels: [Label]) {
        self.condition = condition
        self.labels = labels
    }
}

extension Selector {
    /// The conditions of this one that the labels do not fulfil: of several that must all hold,
    /// each that does not.
    func unmet(by labels: [String: String]) -> [UnmetCondition] { unmet { labels[$0] } }

    /// The same for labels of which a function gives the values.
    func unmet(_ value: (String) -> String?) -> [UnmetCondition] {
        if matches(value) { return [] }
        if case .all(let operands) = self { return operands.flatMap { $0.unmet(value) } }
        return [
            UnmetCondition(
                condition: self,
                labels: Set(keys).sorted().map { .init(key: $0, value: value($0)) })
        ]
    }

    /// The keys that the condition asks for.
    private var keys: [String] {
        switch self {
        case .everything: []
        case .has(let key), .isOneOf(let key, _), .isText(let key, _): [key]
        case .not(let operand): operand.keys
        case .all(let operands), .any(let operands): operands.flatMap(\.keys)
        }
    }
}

extension ReferenceEvaluator {
    /// Why a selector does not match an endpoint; nil if it does.
    func gap(_ selector: EndpointSelector, _ endpoint: Endpoint) -> SelectionGap? {
        let target = target(endpoint)
        if selector.matches(target) { return nil }
        let name = endpoint.id.namespace
        var namespace: SelectionGap.NamespaceGap?
        switch selector.namespaces {
        case .any: break
        case .named(let wanted): if wanted != name { namespace = .other(wanted) }
        case .labelled(let condition):
            let unmet = condition.unmet(by: target.namespaceLabels)
            if !unmet.isEmpty {
                namespace = condition.namespaceName.map { .other($0) } ?? .labels(unmet)
            }
        }
        return SelectionGap(
            endpoint: endpoint.id, namespace: namespace,
            labels: selector.labels.unmet { target[$0] },
            account: selector.serviceAccounts?.unmet(by: target.accountLabels) ?? [],
            isOtherKind: !selector.reach.includes(target.kind))
    }
}

extension UnmetCondition: CustomStringConvertible {
    /// `has app=web (wants app=front)`, `has no label app (wants app=front)`.
    public var description: String {
        let found = labels.map { label in
            label.value.map { "has \(label.key)=\($0)" } ?? "has no label \(label.key)"
        }
        return (found.isEmpty ? "cannot fit" : found.joined(separator: " and "))
            + " (wants \(condition))"
    }
}

extension SelectionGap: CustomStringConvertible {
    /// `shop/web has app=web (wants app=front)`, or the same of its namespace, or of both.
    public var description: String {
        var parts: [String] = []
        switch namespace {
        case .other(let wanted):
            parts.append(
                endpoint.namespace.isEmpty
                    ? "\(endpoint) is in no namespace, so not in \(wanted)"
                    : "\(endpoint) is in namespace \(endpoint.namespace), not \(wanted)")
        case .labels(let unmet):
            let name = endpoint.namespace
            parts.append("\(name.isEmpty ? "no namespace" : "namespace \(name)") \(unmet.sentence)")
        case nil: break
        }
        if isOtherKind { parts.append("\(endpoint) is no pod") }
        if !account.isEmpty { parts.append("its service account \(account.sentence)") }
        if !labels.isEmpty { parts.append("\(endpoint) \(labels.sentence)") }
        return parts.joined(separator: "; ")
    }
}

extension [UnmetCondition] {
    fileprivate var sentence: String { map(\.description).joined(separator: ", ") }
}
