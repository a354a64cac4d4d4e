// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// The situations in which several conditions on labels hold: those of the endpoint that a rule
/// governs, those of its peer, and those of their namespaces.
///
/// It speaks of every cluster there could be, not of the pods of one.
struct Region {
    /// What a condition is about.
    enum Variable: Hashable {
        case subjectLabel(String)
        case subjectNamespaceLabel(String)
        case peerLabel(String)
        case peerNamespaceLabel(String)
        /// Whether the destination gives the packet's port this name.
        case portName(IPProtocol, String)
    }

    /// Each variable at most once.
    private var conditions: [(variable: Variable, values: ValueSet)] = []

    /// Every situation. A namespace always has its name's label (S11).
    static let everything = Region()
        .narrowed(.subjectNamespaceLabel(Namespace.nameLabel), to: .present)
        .narrowed(.peerNamespaceLabel(Namespace.nameLabel), to: .present)

    /// Whether no situation is left.
    var isEmpty: Bool { conditions.contains { $0.values.isEmpty } }

    /// The situations in which a variable has one of these values, besides.
    func narrowed(_ variable: Variable, to values: ValueSet) -> Region {
        var copy = self
        if let index = conditions.firstIndex(where: { $0.variable == variable }) {
            copy.conditions[index].values = conditions[index].values.intersection(values)
        } else {
            copy.conditions.append((variable, values))
        }
        return copy
    }

    /// The situations of both.
    func intersection(_ other: Region) -> Region {
        other.conditions.reduce(self) { $0.narrowed($1.variable, to: $1.values) }
    }

    /// Whether every situation of this region is one of the others'.
    ///
    /// Exact, unless the budget is used up: then false.
    ///
    /// - Parameter budget: How many steps may be made. The question is hard in general, but selectors
    ///   are small.
    func isCovered(by others: ArraySlice<Region>, budget: inout Int) -> Bool {
        if isEmpty { return true }
        guard let first = others.first else { return false }
        budget -= 1
        guard budget >= 0 else { return false }
        let remaining = others.dropFirst()
        if intersection(first).isEmpty { return isCovered(by: remaining, budget: &budget) }
        // What lies outside `first`, cut into parts of which each misses one condition more.
        var inside = self
        for condition in first.conditions {
            let outside = inside.narrowed(condition.variable, to: condition.values.complement)
            guard outside.isCovered(by: remaining, budget: &budget) else { return false }
            inside = inside.narrowed(condition.variable, to: condition.values)
        }
        return true
    }
}

extension Region {
    /// The regions whose union a selector describes, where `variable` makes a label's key a
    /// variable.
    static func regions(
        _ selector: Selector, negated: Bool = false, _ variable: (String) -> Variable
    ) -> [Region] {
        switch selector {
        case .everything: negated ? [] : [Region()]
        case .has(let key):
            [Region().narrowed(variable(key), to: negated ? .present.complement : .present)]
        case .isOneOf(let key, let values):
            [
                Region().narrowed(
                    variable(key), to: negated ? .only(values).complement : .only(values))
            ]
        case .isText:
            // A condition of its own, as if it had nothing to do with others on the same label.
            [
                Region().narrowed(
                    variable(selector.description),
                    to: negated ? .only(["holds"]).complement : .only(["holds"]))
            ]
        case .not(let operand): regions(operand, negated: !negated, variable)
        case .all(let operands) where !negated, .any(let operands) where negated:
            operands.reduce([Region()]) { product, operand in
                let factor = regions(operand, negated: negated, variable)
                return product.flatMap { left in factor.map(left.intersection) }
            }
        case .all(let operands), .any(let operands):
            operands.flatMap { regions($0, negated: negated, variable) }
        }
    }

    /// The regions in which a selector matches the endpoint that a rule governs.
    static func subjects(_ selector: EndpointSelector) -> [Region] {
        regions(
            selector, label: Variable.subjectLabel, namespace: Variable.subjectNamespaceLabel)
    }

    /// The regions in which a selector matches the other side.
    static func peers(_ selector: EndpointSelector) -> [Region] {
        regions(selector, label: Variable.peerLabel, namespace: Variable.peerNamespaceLabel)
    }

    private static func regions(
        _ selector: EndpointSelector, label: (String) -> Variable, namespace: (String) -> Variable
    ) -> [Region] {
        let scopes: [Region] =
            switch selector.namespaces {
            case .any: [Region()]
            case .named(let name):
                [Region().narrowed(namespace(Namespace.nameLabel), to: .only([name]))]
            case .labelled(let labels): regions(labels, namespace)
            }
        let own = regions(selector.labels, label)
        return scopes.flatMap { scope in own.map(scope.intersection) }
    }
}
