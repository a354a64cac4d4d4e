// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// One rule of a policy as Felix renders it: for each protocol and peer a rule that sets a mark, and
/// one that acts on it.
struct FelixRule {
    private let rule: Rule
    private let family: AddressFamily
    /// The address of the rule's other side: `ip saddr`.
    private let other: String

    init(_ rule: Rule, _ direction: Direction, _ family: AddressFamily) throws {
        guard rule.conditions == .none else {
            throw UnsupportedPolicy(what: "conditions beside peers and ports")
        }
        self.rule = rule
        self.family = family
        let header = family == .ipv4 ? "ip" : "ip6"
        other = "\(header) \(direction == .ingress ? "saddr" : "daddr")"
    }

    /// The lines of the policy's chain.
    func lines(_ sets: inout FelixSets) throws -> [String] {
        var lines: [String] = []
        for port in try PortCondition.all(of: rule.ports) {
            guard case .only(let peers) = rule.peers else {
                lines += act(port, "")
                continue
            }
            for peer in peers {
                switch peer {
                case .endpoints(let selector):
                    lines += act(port, "\(other) @\(sets.name(of: selector)) ")
                case .network(let block, let exceptions):
                    lines += network(block, exceptions, port)
                case .addresses, .nodes, .service:
                    throw UnsupportedPolicy(what: "the peer \(peer)")
                }
            }
        }
        return lines
    }

    /// A block stands in the rule itself; so does one exception, and several take a mark.
    private func network(_ block: CIDR, _ exceptions: [CIDR], _ port: PortCondition) -> [String] {
        guard block.family == family else { return [] }
        let exceptions = exceptions.filter { $0.family == family }
        if exceptions.contains(where: { $0.prefixLength == 0 }) { return [] }
        let inside = block.prefixLength == 0 ? "" : "\(other) \(block) "
        guard exceptions.count > 1 else {
            return act(port, inside + exceptions.map { "\(other) != \($0) " }.joined())
        }
        return ["counter \(FelixMark.block.set)"]
            + exceptions.map { "\(other) \($0) counter \(FelixMark.block.clear)" }
            + act(port, inside, "\(FelixMark.block.isSet) ")
    }

    /// The protocol, then the address, then the port; then what is done.
    private func act(_ port: PortCondition, _ address: String, _ mark: String = "") -> [String] {
        let transport = port.transport.map { "meta l4proto \($0) " } ?? ""
        let match = mark + transport + address + port.portText + "counter "
        switch rule.action {
        case .allow:
            return [match + FelixMark.accept.set, "\(FelixMark.accept.isSet) counter return"]
        case .pass:
            return [match + FelixMark.pass.set, "\(FelixMark.pass.isSet) counter return"]
        case .deny:
            return [match + FelixMark.drop.set, "\(FelixMark.drop.isSet) counter drop"]
        case .log:
            return [match + "log prefix \"calico-packet\" level info"]
        }
    }
}
