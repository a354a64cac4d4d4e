// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

/// A label with its value.
struct LabelPair: Hashable {
    var key: String
    var value: String
}

extension Selector {
    /// Pairs of one key of which every object that matches carries exactly one; nil if the selector
    /// does not demand any.
    var demandedPairs: [LabelPair]? {
        switch self {
        case .isOneOf(let key, let values) where !VirtualLabel.isOne(key):
            Set(values).map { LabelPair(key: key, value: $0) }
        case .all(let operands):
            operands.compactMap(\.demandedPairs).min { $0.count < $1.count }
        case .everything, .has, .isOneOf, .isText, .not, .any: nil
        }
    }
}
