// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel
import PolicyVerification

/// What a rule allows, taken apart: for which subjects, from or to whom, on which ports.
struct RuleArea {
    /// The rule's place.
    let reference: RuleReference
    /// The regions of the endpoints that its policy governs.
    let subjects: [Region]
    let peers: [PeerArea]
    let ports: [PortMatch]

    /// An entry of the rule's peers.
    struct PeerArea {
        /// The addresses that count.
        var addresses: AddressSet
        /// Nil where an address counts whoever owns it; otherwise it must be an endpoint's, and one
        /// of these regions must hold.
        var regions: [Region]?
    }

    /// - Parameters:
    ///   - rule: One that allows.
    ///   - subject: Whom its policy governs.
    init(_ rule: Rule, at reference: RuleReference, subject: EndpointSelector) {
        self.reference = reference
        subjects = Region.subjects(subject)
        switch rule.peers {
        case .anyone: peers = [PeerArea(addresses: .full)]
        case .only(let list): peers = list.map(PeerArea.init)
        }
        switch rule.ports {
        case .all: ports = []
        case .only(let list): ports = list
        }
        allowsEveryPort = rule.ports == .all
    }

    private let allowsEveryPort: Bool

    /// Whether the rule speaks of a packet to a port: nil if not, otherwise the region in which it
    /// does.
    func regions(at port: PortAtom) -> [Region] {
        if allowsEveryPort { return [Region()] }
        return ports.compactMap { match in
            switch match {
            case .every(let transport): transport == port.transport ? Region() : nil
            case .numbers(let transport, let range):
                transport == port.transport && range.contains(port.number) ? Region() : nil
            case .named(let transport, let name):
                transport == port.transport
                    ? Region().narrowed(.portName(transport, name), to: .only(["yes"])) : nil
            case .icmp: nil
            }
        }
    }
}

extension RuleArea.PeerArea {
    fileprivate init(_ peer: Peer) {
        switch peer {
        case .endpoints(let selector):
            self.init(addresses: .full, regions: Region.peers(selector))
        case .network(let block, let exceptions):
            self.init(addresses: AddressSet([block]).subtracting(AddressSet(exceptions)))
        case .addresses, .nodes, .service:
            self.init(addresses: .full, regions: [])
        }
    }
}

/// A protocol and a port that stand for all that the rules in question treat alike.
struct PortAtom: Hashable {
    /// Nil for the protocols of which no rule speaks.
    var transport: IPProtocol?
    var number: UInt16

    /// One of each kind that these matches tell apart.
    static func all(_ matches: some Sequence<PortMatch>) -> [PortAtom] {
        var starts: [IPProtocol: Set<UInt16>] = [.tcp: [0], .udp: [0], .sctp: [0]]
        for match in matches {
            switch match {
            case .every(let transport), .named(let transport, _), .icmp(let transport, _, _):
                starts[transport, default: []].insert(0)
            case .numbers(let transport, let range):
                starts[transport, default: [0]].insert(range.lowerBound)
                if range.upperBound < .max {
                    starts[transport, default: [0]].insert(range.upperBound + 1)
                }
            }
        }
        return starts.sorted { $0.key < $1.key }.flatMap { transport, numbers in
            numbers.sorted().map { PortAtom(transport: transport, number: $0) }
        } + [PortAtom(transport: nil, number: 0)]
    }
}
