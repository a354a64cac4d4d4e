// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

extension PeerExplanation {
    /// Why the peer stands for an address or does not, in words.
    ///
    /// - Parameter address: the packet's other side.
    public func reason(_ address: IPAddress) -> String { outcome.reason(address) }
}

extension PeerExplanation.Outcome {
    /// Why an address is meant or is not, in words.
    func reason(_ address: IPAddress) -> String {
        switch self {
        case .selected(let id): "matches \(id)"
        case .inNetworkSet(let id): "matches network set \(id), which contains \(address)"
        case .inBlock: "contains \(address)"
        case .ofNode(let name): "\(address) is node \(name)'s"
        case .behindService: "\(address) is behind it"
        case .conditions(let conditions):
            (conditions.allSatisfy(\.holds) ? conditions : conditions.filter { !$0.holds })
                .map { $0.reason(address) }.joined(separator: "; ")
        case .noEndpoint(.hostNetwork(let id)):
            "selectors never mean \(id), which uses its node's network"
        case .noEndpoint(.finished(let id)): "selectors never mean \(id), which has finished"
        case .noEndpoint(.node(let name)):
            "selectors mean pods, and \(address) is node \(name)'s"
        case .noEndpoint: "selectors mean pods, and \(address) is none's"
        case .notSelected(let gap): "\(gap)"
        case .setsNotSelected(let sets):
            "\(address) is in network set \(sets.map(\.description).joined(separator: ", ")), "
                + "whose labels do not fit"
        case .noNode: "\(address) is no node's"
        case .nodeNotSelected(let name, let unmet):
            "node \(name) \(unmet.map(\.description).joined(separator: ", "))"
        case .unknownService: "nothing is known behind it"
        case .notBehindService: "\(address) is not behind it"
        case .otherServicePort(let ports):
            "\(address) is behind it, but its ports are "
                + Set(ports).sorted().map { "\($0.number)/\($0.transport)" }
                .joined(separator: ", ")
        case .otherFamily: "says nothing about \(address.family.wording)"
        case .outsideBlock: "does not contain \(address)"
        case .excepted(let block): "its except \(block) takes \(address) out"
        }
    }
}

extension PortExplanation {
    /// Why the entry means a packet or does not, in words.
    public func reason(_ packet: PacketDescription) -> String {
        let number = packet.port(end).map(String.init) ?? ""
        switch outcome {
        case .matches: return "matches"
        case .resolved(let id): return "matches: \(id) defines it as \(number)"
        case .otherProtocol: return "another protocol than \(packet.transport.wording)"
        case .withoutPort: return "the packet has no port"
        case .otherNumber: return "another port than \(number)"
        case .otherType:
            return "another type than \(packet.icmpType.map(String.init) ?? "none")"
        case .otherCode:
            return "another code than \(packet.icmpCode.map(String.init) ?? "none")"
        case .noEndpoint:
            return "a name means pods' ports, and \(packet.address(end)) is no pod's address"
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
        case .exempt(.tunnel): "tunnels between nodes stay open whatever policies say"
        case .exempt(.failsafe): "a failsafe port stays open whatever policies say"
        case .exempt(.ownAddress): "isolation never keeps a pod from its own address"
        case .allowed(let rule): "\(rule) allows it"
        case .denied(let rule): "\(rule) denies it"
        case .isolated(Profile.tier.name, let profiles) where profiles.isEmpty:
            "it has no profile, and nothing before allows the packet"
        case .isolated(Profile.tier.name, let profiles):
            "no rule of its profile\(profiles.count == 1 ? "" : "s") "
                + profiles.map(\.name).joined(separator: ", ") + " decides the packet"
        case .isolated(_, let policies) where policies.count == 1:
            "\(policies[0].kind) \(policies[0]) isolates it, and no rule allows the packet"
        case .isolated(_, let policies):
            "\(policies.count) policies isolate it, and no rule allows the packet"
        case .passed: "every tier passes it"
        }
    }
}
