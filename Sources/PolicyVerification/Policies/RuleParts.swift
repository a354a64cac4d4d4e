// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

extension Rule {
    /// The peers of both sides.
    var everyPeer: [Peer] { peers.list + conditions.own.list }

    /// The ports for which the rule asks at an end, those that it excepts too.
    func everyPort(at end: PacketEnd) -> [PortMatch] {
        switch end {
        case .source: conditions.sourcePorts.list + conditions.exceptSourcePorts
        case .destination: ports.list + conditions.exceptPorts
        }
    }
}

extension Peers {
    /// The entries; everybody is none.
    fileprivate var list: [Peer] {
        if case .only(let peers) = self { peers } else { [] }
    }
}

extension Ports {
    /// The entries; everything is none.
    fileprivate var list: [PortMatch] {
        if case .only(let ports) = self { ports } else { [] }
    }
}

extension Peer {
    /// The selectors of endpoints and network sets that it asks.
    package var selectors: [EndpointSelector] {
        switch self {
        case .endpoints(let selector): [selector]
        case .addresses(let match): [match.selector, match.notSelector].compactMap(\.self)
        case .network, .nodes, .service: []
        }
    }
}
