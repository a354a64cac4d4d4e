// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import MatchIR
import NetworkPrimitives
import NftablesModel
import PolicyModel

/// What every ruleset has, however few policies there are: the base chains and the way from a
/// packet's addresses to the chains of its endpoints' classes.
enum Skeleton {
    static let comment = "Network policies, compiled by Sluice; changed only by it"

    static func chains(
        _ hosts: HostChains?, _ denyAction: EnforcementSettings.DenyAction
    ) -> [Chain] {
        let common =
            [forward(hosts), output(hosts), dispatch, untracked, isolated(denyAction)]
            + (hosts?.chains ?? [])
        return denyAction == .drop ? common : common + [denied]
    }

    /// Packets that this node forwards.
    private static func forward(_ hosts: HostChains?) -> Chain {
        Chain(
            name: FixedName.forward, base: BaseChain(hook: .forward),
            rules: (hosts?.guardRules ?? []) + connectionRules + (hosts?.forwardRules ?? [])
                + toDispatch)
    }

    /// Packets that leave the node without having been forwarded. Its own are always allowed, but
    /// for what host endpoints say (S22); what others sent through it (IPVS hands on Service packets
    /// here) is policed.
    private static func output(_ hosts: HostChains?) -> Chain {
        let ownPackets = [Rule(Expression.isFromThisNode + [.verdict(.accept)])]
        return Chain(
            name: FixedName.output, base: BaseChain(hook: .output),
            rules: connectionRules + (hosts?.outputRules ?? ownPackets + toDispatch))
    }

    /// Replies and what belongs to an allowed connection, ICMP errors too, pass (S36, S37). Using
    /// conntrack also makes the kernel reassemble fragments before they come here (S34). Invalid
    /// packets are judged like new ones (S41).
    static let connectionRules = [
        Rule(Expression.isConnection([.established, .related]) + [.verdict(.accept)]),
        Rule(Expression.isConnection(.untracked) + [.verdict(.jump(FixedName.untracked))]),
    ]

    private static let toDispatch = [Rule([.verdict(.goto(FixedName.dispatch))])]

    /// Egress first, which returns where it allows; then ingress.
    private static let dispatch = Chain(
        name: FixedName.dispatch, rules: judgement(.egress) + judgement(.ingress))

    /// From the address of the endpoint that is judged to its class.
    static func judgement(_ direction: Direction) -> [Rule] {
        let side: AddressSide = direction == .egress ? .source : .destination
        return AddressFamily.allCases.map { family in
            Rule(
                Expression.isFamily(family) + [
                    .load(side, family, into: .first),
                    .verdictLookup(map: FixedName.map(direction, family), key: .first),
                ])
        }
    }

    /// Conntrack leaves neighbour discovery and multicast listener reports untracked, so that no
    /// other packet pays for the question (S44).
    private static let untracked = Chain(
        name: FixedName.untracked, comment: "neighbour discovery is never policed",
        rules: [sparesDiscovery])

    /// Neighbour discovery and listener reports pass.
    static let sparesDiscovery = Rule(
        Expression.isICMPv6Type(in: FixedName.neighbourDiscovery) + [.verdict(.accept)])

    /// Where packets end that no policy allows. An endpoint reaches itself all the same (S23, S24):
    /// such a packet goes on as if it were allowed in this direction.
    private static func isolated(_ denyAction: EnforcementSettings.DenyAction) -> Chain {
        let denial = denyAction == .drop ? Verdict.drop : .goto(FixedName.denied)
        return Chain(
            name: FixedName.isolated,
            comment: "allowed by no policy; only pods to themselves pass",
            rules: toThemselves + [Rule([.counter, .verdict(denial)])])
    }

    /// Where denied packets end of which the sender is told: by a reset, or by an ICMP error.
    private static let denied = Chain(
        name: FixedName.denied, comment: "the sender is told that it is denied",
        rules: [
            Rule(Expression.isTransport(.tcp) + [.reject(.tcpReset)]),
            Rule([.reject(.prohibited)]),
        ])

    /// Packets from an endpoint to itself go on.
    private static let toThemselves = AddressFamily.allCases.map { family in
        let source = Expression.load(.source, family, into: .first)
        let behind = Register.first.following(length: family == .ipv4 ? 4 : 16)
        return Rule(
            Expression.isFamily(family) + [
                source, .load(.destination, family, into: behind),
                .lookup(
                    set: FixedName.ownAddress(family), key: .first, isInverted: false),
                .verdict(.return),
            ])
    }

    /// ICMPv6 types 130–136 and 143: multicast listener discovery, and the solicitations and
    /// advertisements of routers and neighbours. Redirects (137) are tracked like other packets.
    static let neighbourDiscovery = NamedSet(
        name: FixedName.neighbourDiscovery, key: [.icmpv6Type],
        elements: .entries(([130, 131, 132, 133, 134, 135, 136, 143]).map { SetEntry(key: [$0]) }))
}
