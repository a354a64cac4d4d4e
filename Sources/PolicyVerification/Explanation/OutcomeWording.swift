// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

extension PeerExplanation {
    /// Why the peer stands for an address or does not, in words.
    ///
    /// - Parameter address: the packet's other side.
    public func reason(_ address: IPAddress) -> String {
        switch outcome {
        case .selected(let id): "matches \(id)"
        case .inBlock: "contains \(address)"
        case .noEndpoint(.hostNetwork(let id)):
            "selectors never mean \(id), which uses its node's network"
        case .noEndpoint(.finished(let id)): "selectors never mean \(id), which has finished"
        case .noEndpoint(.node(let name)):
            "selectors mean pods, and \(address) is node \(name)'s"
        case .noEndpoint: "selectors mean pods, and \(address) is none's"
        case .notSelected(let gap): "\(gap)"
        case .otherFamily: "says nothing about \(address.family.wording)"
        case .outsideBlock: "does not contain \(address)"
        case .excepted(let block): "its except \(block) takes \(address) out"
        }
    }
}

extension PortExplanation {
    /// Why the entry means a packet or does not, in words.
    public func reason(_ packet: PacketDescription) -> String {
        let number = packet.destinationPort.map(String.init) ?? ""
        switch outcome {
        case .matches: return "matches"
        case .resolved(let id): return "matches: \(id) defines it as \(number)"
        case .otherProtocol: return "another protocol than \(packet.transport.wording)"
        case .withoutPort: return "the packet has no port"
        case .otherNumber: return "another port than \(number)"
        case .noEndpoint:
            return "a name means pods' ports, and \(packet.destination) is no pod's address"
        case .undefined(let id): return "\(id) defines no port of this name"
        case .definedAs(let ports, let id):
            let numbers = ports.sorted().map { "\($0.number)/\($0.transport)" }
            return "\(id) defines it as \(numbers.joined(separator: ", ")), not as "
                + "\(number)/\(packet.transport)"
        }
    }
}

extension IPProtocol {
    /// `tcp`, `icmpv6`, `protocol 50`.
    var wording: String {
        switch self {
        case .icmpv6: "icmpv6"
        case .icmp, .tcp, .udp, .sctp: "\(self)"
        default: "protocol \(rawValue)"
        }
    }
}

extension AddressFamily {
    /// `IPv4` or `IPv6`.
    public var wording: String {
        switch self {
        case .ipv4: "IPv4"
        case .ipv6: "IPv6"
        }
    }
}

extension DirectionExplanation {
    /// The decision in words: `no policy governs its ingress`, `NetworkPolicy shop/web ingress[0]
    /// allows it`.
    public var summary: String {
        switch decision {
        case .notSubject: "not governed here: \(subject)"
        case .unselected: "no policy governs its \(direction)"
        case .exempt(.node): "traffic from and to the node itself is never policed"
        case .exempt(.neighbourDiscovery): "neighbour discovery is never policed"
        case .exempt(.failsafe): "a failsafe port stays open whatever policies say"
        case .exempt(.ownAddress): "isolation never keeps a pod from its own address"
        case .allowed(let rule): "\(rule) allows it"
        case .denied(let rule): "\(rule) denies it"
        case .isolated(_, let policies) where policies.count == 1:
            "\(policies[0].kind) \(policies[0]) isolates it, and no rule allows the packet"
        case .isolated(_, let policies):
            "\(policies.count) policies isolate it, and no rule allows the packet"
        case .passed: "every tier passes it"
        }
    }
}
