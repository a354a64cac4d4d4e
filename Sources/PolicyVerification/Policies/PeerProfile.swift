// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

/// What policies can see of an endpoint that is a peer: endpoints with the same profile are the
/// same to them.
struct PeerProfile: Hashable, Sendable {
    /// What selectors see.
    var view: SelectorSight.View
    /// Those of its named ports that some rule mentions.
    var namedPorts: Set<NamedPort>

    /// What can be seen, and the profile of an endpoint under it.
    struct Sight: Sendable {
        /// The selectors of all peers.
        let selectors: Set<EndpointSelector>
        private let selection: SelectorSight
        /// The names of ports for which rules ask at one end.
        private let portNames: [PacketEnd: Set<String>]
        private let everyName: Set<String>

        /// All that the rules of these policies mention.
        init(_ policies: some Sequence<Policy>, _ directory: SelectorDirectory) {
            var selectors: Set<EndpointSelector> = []
            var portNames: [PacketEnd: Set<String>] = [:]
            for rule in policies.lazy.flatMap(\.allRules) {
                for peer in rule.everyPeer { selectors.formUnion(peer.selectors) }
                for end in PacketEnd.allCases {
                    for case .named(_, let name) in rule.everyPort(at: end) {
                        portNames[end, default: []].insert(name)
                    }
                }
            }
            self.selectors = selectors
            selection = SelectorSight(selectors, directory)
            self.portNames = portNames
            everyName = portNames.values.reduce([]) { $0.union($1) }
        }

        func profile(of endpoint: Endpoint) -> PeerProfile {
            PeerProfile(
                view: selection.view(of: endpoint), namedPorts: Self.ports(of: endpoint, everyName))
        }

        /// The ports that rules can mean by name at an end of packets.
        func namedPorts(of endpoint: Endpoint, at end: PacketEnd) -> Set<NamedPort> {
            Self.ports(of: endpoint, portNames[end] ?? [])
        }

        /// Whether a rule asks for a port's name at an end of packets.
        func asks(for name: String, at end: PacketEnd) -> Bool {
            portNames[end]?.contains(name) == true
        }

        private static func ports(of endpoint: Endpoint, _ names: Set<String>) -> Set<NamedPort> {
            names.isEmpty ? [] : Set(endpoint.namedPorts.filter { names.contains($0.name) })
        }
    }
}
