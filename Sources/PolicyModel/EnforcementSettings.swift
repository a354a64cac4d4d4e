// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives

/// How a node enforces policies, after all that objects say of it (see ``NodeConfiguration``).
public struct EnforcementSettings: Hashable, Sendable {
    /// What a denied packet meets.
    public var denyAction: DenyAction
    /// What becomes of packets from a pod to its own node; nil: they are allowed whatever policies
    /// say (S22). Where it is set, the pod's egress policies are asked first.
    public var endpointToHost: EndpointToHost?
    /// Whether workloads may send from the blocks that their objects name besides their addresses (S50).
    public var allowsFurtherSources: Bool
    /// Ports of the node that host endpoints' policies cannot close.
    public var failsafeInbound: [FailsafePort]
    /// Ports of others that host endpoints' policies cannot close to the node.
    public var failsafeOutbound: [FailsafePort]
    /// Tunnels between nodes that host endpoints' policies cannot close.
    public var tunnels: TunnelSettings

    /// What a denied packet meets.
    public enum DenyAction: Hashable, Sendable {
        /// It vanishes.
        case drop
        /// Its sender is told: a TCP reset, or an ICMP error.
        case reject
    }

    /// What becomes of packets from a pod to its own node that egress policies let pass
    /// (`spec.defaultEndpointToHostAction`).
    public enum EndpointToHost: Hashable, Sendable {
        case accept, drop
        /// Host endpoints' policies decide.
        case proceed
    }

    /// A port that stays open, to or from the addresses of a block (`failsafeInboundHostPorts`).
    public struct FailsafePort: Hashable, Sendable {
        /// TCP, UDP or SCTP.
        public var transport: IPProtocol
        /// 1…65535.
        public var number: UInt16
        /// The other side's addresses; nil for all.
        public var network: CIDR?

        /// A value of these parts.
        public init(_ transport: IPProtocol, _ number: UInt16, network: CIDR? = nil) {
            self.transport = transport
            self.number = number
            self.network = network
        }
    }

    /// Settings of these parts; by default those of a cluster that says nothing.
    public init(
        denyAction: DenyAction = .drop, endpointToHost: EndpointToHost? = nil,
        allowsFurtherSources: Bool = false,
        failsafeInbound: [FailsafePort] = Self.standardInbound,
        failsafeOutbound: [FailsafePort] = Self.standardOutbound,
        tunnels: TunnelSettings = TunnelSettings()
    ) {
        self.denyAction = denyAction
        self.endpointToHost = endpointToHost
        self.allowsFurtherSources = allowsFurtherSources
        self.failsafeInbound = failsafeInbound
        self.failsafeOutbound = failsafeOutbound
        self.tunnels = tunnels
    }

    /// The settings of a cluster that says nothing.
    public static let standard = Self()

    /// SSH, BGP, etcd, Typha, the API server and DHCP.
    public static let standardInbound =
        [22, 179, 2379, 2380, 5473, 6443, 6666, 6667].map { FailsafePort(.tcp, $0) }
        + [FailsafePort(.udp, 68)]

    /// DNS, DHCP, BGP, etcd, Typha and the API server.
    public static let standardOutbound =
        [53, 67].map { FailsafePort(.udp, $0) }
        + [179, 2379, 2380, 5473, 6443, 6666, 6667].map { FailsafePort(.tcp, $0) }
}
