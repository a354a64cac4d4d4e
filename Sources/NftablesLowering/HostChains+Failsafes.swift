// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import MatchIR
import NetworkPrimitives
import NftablesModel
import PolicyModel

/// What no policy of a host endpoint can close.
extension HostChains {
    func failsafes(_ direction: Direction, _ verdict: Verdict = .accept) -> [Rule] {
        let other: AddressSide = direction == .ingress ? .source : .destination
        return ports(direction).map { Self.rule($0, port: .destination, other: other, verdict) }
    }

    /// Where no connection is known, answers of failsafe ports need a rule of their own.
    func replies(to direction: Direction) -> [Rule] {
        let other: AddressSide = direction == .ingress ? .destination : .source
        return ports(direction).map { Self.rule($0, port: .source, other: other, .accept) }
    }

    private func ports(_ direction: Direction) -> [EnforcementSettings.FailsafePort] {
        direction == .ingress
            ? program.settings.failsafeInbound : program.settings.failsafeOutbound
    }

    private static func rule(
        _ failsafe: EnforcementSettings.FailsafePort, port: AddressSide, other: AddressSide,
        _ verdict: Verdict
    ) -> Rule {
        let network = failsafe.network.map { Expression.isInBlock(other, $0) } ?? []
        return Rule(
            network + Expression.isTransport(failsafe.transport)
                + Expression.isPort(port, failsafe.number) + [.verdict(verdict)],
            comment: "failsafe")
    }

    // MARK: Tunnels

    /// Whether some tunnel is kept open to the nodes' addresses.
    var hasTunnels: Bool {
        has(.init(.hostLocal, .ingress)) && program.settings.tunnels.asksNodes
    }

    /// The tunnels between nodes (S89).
    func tunnels(_ direction: Direction) -> [Rule] {
        let settings = program.settings.tunnels
        let other: AddressSide = direction == .ingress ? .source : .destination
        let own = direction == .ingress ? [] : Expression.isFromThisNode
        func rule(_ packets: [Expression], _ comment: String) -> Rule {
            Rule(packets + own + [.verdict(.accept)], comment: comment)
        }
        func isNode(_ family: AddressFamily) -> [Expression] {
            Expression.isMember(other, family, of: FixedName.nodes(family))
        }
        var rules: [Rule] = []
        if settings.ipip {
            rules.append(rule(Expression.isTransport(.ipip) + isNode(.ipv4), "IPIP tunnels"))
        }
        for family in settings.vxlan.sorted() {
            let port =
                Expression.isTransport(.udp)
                + Expression.isPort(.destination, settings.vxlanPort)
            rules.append(rule(port + isNode(family), "VXLAN tunnels"))
        }
        for (family, port) in settings.wireguard.sorted(by: { $0.key < $1.key }) {
            let packets =
                Expression.isFamily(family) + Expression.isTransport(.udp)
                + Expression.isPort(.destination, port)
            rules.append(rule(packets, "WireGuard tunnels"))
        }
        return rules
    }
}
