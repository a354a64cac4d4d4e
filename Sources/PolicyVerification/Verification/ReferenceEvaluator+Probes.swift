// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

extension ReferenceEvaluator {
    /// Whether a packet should pass on its way: policies judge what is new and from elsewhere, and
    /// host endpoints' what the node itself sends and receives (S22, S83). A forged source is dropped
    /// whatever it belongs to (S50).
    public func allows(_ probe: ProbePacket) -> Bool {
        if probe.journey != .sent, forgery(probe.description) != nil { return false }
        if !probe.packet.connection.isDisjoint(with: [.established, .related]) { return true }
        let isNodes = probe.journey == .received || probe.packet.isFromThisNode
        return isNodes && !judgesNode || verdict(probe.description).isAllowed
    }

    /// Whether the reference can say what becomes of a packet on its way: that one is the node's own
    /// it knows by the addresses of the node's object only.
    func knows(_ probe: ProbePacket) -> Bool {
        if !judgesNode { return true }
        switch probe.journey {
        case .forwarded: return true
        case .received: return isLocalNode(probe.description.destination)
        case .sent: return isLocalNode(probe.description.source) == probe.packet.isFromThisNode
        }
    }

    /// Whether anything is said of packets to the node itself, or from it.
    private var judgesNode: Bool {
        EnforcementSettings(state.configurations, node: localNode).endpointToHost != nil
            || state.endpoints.contains { $0.node == localNode && $0.id.kind == .host }
    }
}
