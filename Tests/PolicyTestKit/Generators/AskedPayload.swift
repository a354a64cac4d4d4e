// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// A payload on which a single rule decides: its own ports, source ports and messages together, so that what
/// a rule excepts is met as often as what it means.
struct AskedPayload: Hashable, Sendable {
    var payload: PacketPayload
    /// Whose port the rule names; none where it names no port.
    var sources: [IPAddress] = []
    var destinations: [IPAddress] = []

    /// Those of one family that the rules of a state ask for, in the order of the rules.
    static func all(of family: AddressFamily, _ state: ClusterState) -> [AskedPayload] {
        let ports = InterestingPorts(state)
        let owners = PortOwners(state, family)
        var payloads: [AskedPayload] = []
        var known: Set<AskedPayload> = []
        func insert(_ payload: AskedPayload) {
            if known.insert(payload).inserted { payloads.append(payload) }
        }
        for rule in state.everyRule {
            let named = rule.everySourcePort.flatMap(owners.numbers)
            let sources: [(number: UInt16?, addresses: [IPAddress])] =
                named.isEmpty
                ? [(ports.sources.last ?? nil, [])] : named.map { ($0.number, $0.addresses) }
            for match in rule.everyDestinationPort {
                let transport = match.transport
                if case .icmp(_, let type, let code) = match, transport.isMessage(of: family) {
                    let payload = PacketPayload(
                        transport: transport, icmpType: type, icmpCode: code ?? 0)
                    insert(AskedPayload(payload: payload))
                }
                guard Vocabulary.transports.contains(transport) else { continue }
                var destinations = owners.numbers(match)
                if case .every = match { destinations = [(ports.destinations[0], [])] }
                for destination in destinations {
                    for source in sources {
                        insert(
                            AskedPayload(
                                payload: PacketPayload(
                                    transport: transport, port: destination.number,
                                    sourcePort: source.number),
                                sources: source.addresses, destinations: destination.addresses))
                    }
                }
            }
        }
        return payloads
    }
}

/// The numbers that rules mean, with the addresses of those who name them so.
private struct PortOwners {
    private let endpoints: [Endpoint]
    private let family: AddressFamily

    init(_ state: ClusterState, _ family: AddressFamily) {
        endpoints = state.endpoints.filter(\.isPoliced)
        self.family = family
    }

    func numbers(_ match: PortMatch) -> [(number: UInt16, addresses: [IPAddress])] {
        switch match {
        case .numbers(_, let range): return [(range.lowerBound, [])]
        case .named(let transport, let name):
            return endpoints.flatMap { endpoint -> [(number: UInt16, addresses: [IPAddress])] in
                let addresses = endpoint.addresses.filter { $0.family == family }
                if addresses.isEmpty { return [] }
                return endpoint.namedPorts.filter { $0.name == name && $0.transport == transport }
                    .map { ($0.number, addresses) }
            }
        case .every, .icmp: return []
        }
    }
}

extension IPProtocol {
    fileprivate func isMessage(of family: AddressFamily) -> Bool {
        self == (family == .ipv4 ? .icmp : .icmpv6)
    }
}
