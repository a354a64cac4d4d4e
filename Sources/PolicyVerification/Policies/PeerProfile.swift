// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

/// What policies can see of an endpoint that is a peer: endpoints with the same profile are the
/// same to them.
struct PeerProfile: Hashable, Sendable {
    var namespace: String
    /// Those of its labels that some selector mentions; nil for a value that none asks for.
    var labels: [String: String?]
    /// Those of its named ports that some rule mentions.
    var namedPorts: Set<NamedPort>

    /// What can be seen, and the profile of an endpoint under it.
    struct Sight: Sendable {
        private let labels: LabelSight
        private let portNames: Set<String>

        /// All that the rules of these policies mention.
        init(_ policies: some Sequence<Policy>) {
            var selectors: Set<Selector> = []
            var portNames: Set<String> = []
            for rule in policies.lazy.flatMap(\.allRules) {
                if case .only(let peers) = rule.peers {
                    for case .endpoints(let selector) in peers { selectors.insert(selector.labels) }
                }
                if case .only(let ports) = rule.ports {
                    for case .named(_, let name) in ports { portNames.insert(name) }
                }
            }
            labels = LabelSight(selectors)
            self.portNames = portNames
        }

        func profile(of endpoint: Endpoint) -> PeerProfile {
            PeerProfile(
                namespace: endpoint.id.namespace, labels: labels.view(of: endpoint.labels),
                namedPorts: namedPorts(of: endpoint))
        }

        /// The ports that rules can mean by name.
        func namedPorts(of endpoint: Endpoint) -> Set<NamedPort> {
            portNames.isEmpty
                ? [] : Set(endpoint.namedPorts.filter { portNames.contains($0.name) })
        }
    }
}
