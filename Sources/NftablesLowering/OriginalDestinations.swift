// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import NftablesModel

extension Rule {
    /// The rule, asking for the destination before translation wherever it asked for the header's.
    var askingOriginalDestination: Rule {
        var rule = self
        rule.expressions = expressions.map(\.askingOriginalDestination)
        return rule
    }
}

extension Expression {
    fileprivate var askingOriginalDestination: Expression {
        switch self {
        case Expression.load(.destination, .ipv4, into: register):
            .originalDestination(.ipv4Address, into: register)
        case Expression.load(.destination, .ipv6, into: register):
            .originalDestination(.ipv6Address, into: register)
        case .payload(.transport, offset: 2, length: 2, let register):
            .originalDestination(.port, into: register)
        default: self
        }
    }

    /// The register that the expression fills from the packet's bytes; the first for others.
    private var register: Register {
        if case .payload(_, _, _, let register) = self { register } else { .first }
    }
}
