// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

/// Labels that an endpoint can show without having them itself (see ``SelectorTarget``): an index
/// of endpoints' own labels does not know them.
enum VirtualLabel {
    static func isOne(_ key: String) -> Bool {
        guard key.utf8.first == UInt8(ascii: "p") else { return false }
        return key.hasPrefix("pcns.") || key.hasPrefix("pcsa.")
            || key.hasPrefix("projectcalico.org/")
    }
}

extension Selector {
    /// Whether a virtual label is asked for.
    var mentionsVirtualLabels: Bool {
        switch self {
        case .everything: false
        case .has(let key), .isOneOf(let key, _), .isText(let key, _): VirtualLabel.isOne(key)
        case .not(let operand): operand.mentionsVirtualLabels
        case .all(let operands), .any(let operands):
            operands.contains(where: \.mentionsVirtualLabels)
        }
    }

    /// What the selector demands at least of an endpoint's own labels.
    var ownPart: Selector {
        guard mentionsVirtualLabels else { return self }
        guard case .all(let operands) = self else { return .everything }
        return .all(operands.map(\.ownPart))
    }
}

extension EndpointSelector {
    /// Whether namespace and own labels decide among endpoints of the kinds that are meant.
    var asksOwnLabelsOnly: Bool { serviceAccounts == nil && !labels.mentionsVirtualLabels }
}
