// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives

/// A condition on an address: that its owner is selected, that it lies in some blocks, that neither
/// is so. All parts must hold (Calico's EntityRule).
public struct AddressMatch: Hashable, Sendable {
    /// The address belongs to what this selects; nil where that is not asked.
    public var selector: EndpointSelector?
    /// The address does not belong to what this selects; so it may be nobody's (S63). Nil where that
    /// is not asked.
    public var notSelector: EndpointSelector?
    /// The address lies in one of these blocks; nil where that is not asked.
    public var nets: [CIDR]?
    /// The address lies in none of these blocks (S66).
    public var notNets: [CIDR]

    /// A condition of these parts; without any it holds for every address.
    public init(
        selector: EndpointSelector? = nil, notSelector: EndpointSelector? = nil,
        nets: [CIDR]? = nil, notNets: [CIDR] = []
    ) {
        self.selector = selector
        self.notSelector = notSelector
        self.nets = nets
        self.notNets = notNets
    }
}
