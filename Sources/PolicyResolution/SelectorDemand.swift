// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

/// Something that a thing's own labels can show: a key with any value, or with one.
enum LabelFeature: Hashable {
    case key(String)
    case pair(LabelPair)
}

extension Selector {
    /// Features one of which a thing's own labels must show for the selector to be `verdict` of it;
    /// nil where it can be that without any.
    ///
    /// Of a selector that asks for nothing virtual exactly one of the two verdicts has such a
    /// demand: the other is what it says of things without labels.
    ///
    /// - Parameter weight: how undesirable a feature is; of several demands that would do, the least
    ///   heavy is taken.
    func demand(
        for verdict: Bool, weight: (LabelFeature) -> Int
    ) -> [LabelFeature]? {
        switch self {
        case .everything: return verdict ? nil : []
        case .has(let key), .isText(let key, _):
            return verdict && !Self.isVirtual(key) ? [.key(key)] : nil
        case .isOneOf(let key, let values):
            guard verdict, !Self.isVirtual(key) else { return nil }
            return values.map { .pair(LabelPair(key: key, value: $0)) }
        case .not(let operand): return operand.demand(for: !verdict, weight: weight)
        case .all(let operands):
            return verdict
                ? Self.lightest(operands, for: verdict, weight)
                : Self.union(operands, for: verdict, weight)
        case .any(let operands):
            return verdict
                ? Self.union(operands, for: verdict, weight)
                : Self.lightest(operands, for: verdict, weight)
        }
    }

    /// All operands must be `verdict`: what one of them demands suffices.
    private static func lightest(
        _ operands: [Selector], for verdict: Bool, _ weight: (LabelFeature) -> Int
    ) -> [LabelFeature]? {
        var best: [LabelFeature]?
        var bestWeight = Int.max
        for operand in operands {
            guard let demand = operand.demand(for: verdict, weight: weight) else { continue }
            let total = demand.reduce(0) { $0 + 1 + weight($1) }
            if total < bestWeight { (best, bestWeight) = (demand, total) }
        }
        return best
    }

    /// Any operand may be `verdict`: each must demand something.
    private static func union(
        _ operands: [Selector], for verdict: Bool, _ weight: (LabelFeature) -> Int
    ) -> [LabelFeature]? {
        var features: Set<LabelFeature> = []
        for operand in operands {
            guard let demand = operand.demand(for: verdict, weight: weight) else { return nil }
            features.formUnion(demand)
        }
        return Array(features)
    }

    /// The label may come from elsewhere than a thing's own labels (``SelectorTarget``).
    static func isVirtual(_ key: String) -> Bool {
        key.hasPrefix("projectcalico.org/") || key.hasPrefix("pcns.") || key.hasPrefix("pcsa.")
    }

    /// The namespace in which a thing must stand, or which its label must name, for the selector to
    /// hold; nil where it demands none.
    var demandedNamespace: String? {
        switch self {
        case .isOneOf("projectcalico.org/namespace", let values) where values.count == 1:
            values[0]
        case .all(let operands): operands.lazy.compactMap(\.demandedNamespace).first
        default: nil
        }
    }
}
