// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// What a node decides about packets of its own, and about all packets by the interface that they
/// come or go by.
public struct HostProgram: Hashable, Sendable {
    /// Failsafe ports, and what becomes of packets from workloads to the node.
    public var settings: EnforcementSettings
    /// The addresses of the node's workloads, whether policies govern them or not.
    public var workloads: EndpointAddresses
    /// The node's host endpoints, by name; of two that mean one interface the first counts.
    public var endpoints: [Subject]
    /// The workloads whose interfaces are known, by name.
    public var guards: [Guard]
    /// The addresses of all nodes, where tunnels between them are kept open.
    public var nodes: EndpointAddresses

    /// A workload's interface and what may be sent there.
    public struct Guard: Hashable, Sendable {
        /// The workload.
        public var id: EndpointID
        /// The node's end of it.
        public var interface: String
        /// Its addresses.
        public var addresses: EndpointAddresses
        /// From where it may send: its addresses, and what else it is allowed.
        public var sources: [CIDR]

        /// A guard of these parts.
        public init(
            id: EndpointID, interface: String, addresses: EndpointAddresses, sources: [CIDR]
        ) {
            self.id = id
            self.addresses = addresses
            self.interface = interface
            self.sources = sources
        }
    }

    /// A host endpoint.
    public struct Subject: Hashable, Sendable {
        /// Its name.
        public var id: EndpointID
        /// What it governs.
        public var place: HostPlace
        /// The numbers of its programs; none where nothing is asked.
        public var programs: [HostPass: Int]
    }

    /// What there is to decide before classes are compiled.
    public struct Input: Hashable, Sendable {
        /// As in ``HostProgram``.
        public var settings: EnforcementSettings
        /// As in ``HostProgram``.
        public var workloads: EndpointAddresses
        /// The host endpoints by name.
        public var endpoints: [Endpoint]
        /// As in ``HostProgram``.
        public var guards: [Guard]
        /// As in ``HostProgram``.
        public var nodes: EndpointAddresses

        /// A host endpoint with its classes.
        public struct Endpoint: Hashable, Sendable {
            /// Its name.
            public var id: EndpointID
            /// What it governs.
            public var place: HostPlace
            /// Its classes; none where nothing is asked.
            public var classes: [HostPass: EndpointClass]

            /// A host endpoint of these parts.
            public init(
                id: EndpointID, place: HostPlace, classes: [HostPass: EndpointClass]
            ) {
                self.id = id
                self.place = place
                self.classes = classes
            }
        }

        /// An input of these parts.
        public init(
            settings: EnforcementSettings, workloads: EndpointAddresses, endpoints: [Endpoint],
            guards: [Guard], nodes: EndpointAddresses
        ) {
            self.guards = guards
            self.nodes = nodes
            self.settings = settings
            self.workloads = workloads
            self.endpoints = endpoints
        }
    }

    init(_ input: Input, number: (EndpointClass) -> Int) {
        settings = input.settings
        workloads = input.workloads
        guards = input.guards
        nodes = input.nodes
        endpoints = input.endpoints.map { endpoint in
            Subject(
                id: endpoint.id, place: endpoint.place,
                // In order: numbers are given as classes come.
                programs: HostPass.all.reduce(into: [:]) { programs, pass in
                    programs[pass] = endpoint.classes[pass].map(number)
                })
        }
    }
}

/// One of the points at which packets pass a host endpoint.
public struct HostPass: Hashable, Sendable {
    /// Which packets.
    public var stage: Stage
    /// Whether they come or go.
    public var direction: Direction

    /// A pass of these parts.
    public init(_ stage: Stage, _ direction: Direction) {
        self.stage = stage
        self.direction = direction
    }

    /// All that there are, each before those that it may lead to. What goes out has been translated
    /// before.
    public static let all = [
        HostPass(.hostLocal, .ingress), HostPass(.hostLocal, .egress),
        HostPass(.hostForward, .ingress), HostPass(.hostForward, .egress),
        HostPass(.hostTranslatedLocal, .ingress), HostPass(.hostTranslatedForward, .ingress),
        HostPass(.hostUntrackedForward, .ingress),
        HostPass(.hostBeforeTranslation, .ingress),
        HostPass(.hostUntracked, .ingress), HostPass(.hostUntracked, .egress),
    ]
}

/// What a host endpoint governs.
public enum HostPlace: Hashable, Sendable {
    /// Interfaces with these names.
    case interfaces([String])
    /// Packets to and from these addresses of the node, where it is not known which interface has
    /// them.
    case addresses([IPAddress])
    /// All interfaces that no other host endpoint means, but for those of workloads.
    case everyInterface
}
