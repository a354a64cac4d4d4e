// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives

/// One of the cases in which a rule matches: the peer is in a set, some conditions hold, and the
/// packet is in a part of the transport space.
struct RulePart {
    var peers: MatchSet = .everyone
    var conditions: RunConditions = .none
    var scope: TransportSpace = .everything
    /// Some question has the answer no for every address.
    private var isImpossible = false

    /// No packet can be meant.
    var isNever: Bool { isImpossible || peers.isNobody || scope.isEmpty }

    init(peers: MatchSet = .everyone, conditions: RunConditions = .none) {
        self.peers = peers
        self.conditions = conditions
    }

    /// The packets of this part in a part of the transport space.
    func within(_ space: TransportSpace) -> RulePart {
        var part = self
        part.scope = scope.intersection(space)
        return part
    }

    /// The packets of this part one of whose addresses is in a set.
    func demanding(_ side: RunConditions.Side, _ set: MatchSet) -> RulePart {
        if set.isEveryone || side == .peer && peers == set { return self }
        guard side == .peer, peers.isEveryone, !set.isNobody else {
            return asking(.init(side: side, set: set, isInverted: false), isNever: set.isNobody)
        }
        var part = self
        part.peers = set
        return part
    }

    /// The packets of this part one of whose addresses is not in a set.
    func excluding(_ side: RunConditions.Side, _ set: MatchSet) -> RulePart {
        if set.isNobody { return self }
        return asking(.init(side: side, set: set, isInverted: true), isNever: set.isEveryone)
    }

    /// The packets of this part for which a question has the answer yes, unless it never has.
    private func asking(_ test: RunConditions.AddressTest, isNever: Bool) -> RulePart {
        var part = self
        if isNever {
            part.isImpossible = true
        } else {
            part.conditions.addresses.insert(test)
        }
        return part
    }

    /// The packets of this part whose source ports are in a space. What stands for ports in ICMP is
    /// at no end of a packet.
    func sending(from space: TransportSpace) -> [RulePart] {
        var parts: [RulePart] = []
        if space.hasOthers {
            let named = space.numbers.keys.reduce(TransportSpace.nothing) {
                $0.union(TransportSpace($1))
            }
            parts.append(within(named.complement))
        }
        for transport in space.numbers.keys.sorted() {
            let numbers = space[transport]
            if transport.hasMessageTypes || numbers.isFull {
                parts.append(within(TransportSpace(transport, numbers)))
            } else if !numbers.isEmpty {
                var part = within(TransportSpace(transport))
                part.conditions.sourcePorts = numbers
                parts.append(part)
            }
        }
        return parts
    }
}
