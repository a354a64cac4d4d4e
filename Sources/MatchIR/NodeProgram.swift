// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// All that one node has to decide: its endpoints, the programs of their classes, and the members of
/// the sets that the programs look addresses up in.
public struct NodeProgram: Sendable {
    /// The endpoints that at least one policy governs, by namespace and name.
    public var endpoints: [Subject]
    /// Each program once.
    public var programs: [DecisionProgram]
    /// The present members of every set with endpoints in its formula.
    public var members: [MatchSet: EndpointAddresses]
    /// What there is to decide about the node's own packets; nil where nothing is.
    public var hosts: HostProgram?
    /// All blocks of every set whose formula network sets can be in.
    public var blocks: [MatchSet: AddressSet]
    /// What denied packets meet.
    public var denyAction: EnforcementSettings.DenyAction

    /// A governed endpoint of this node.
    public struct Subject: Hashable, Sendable {
        /// The endpoint's namespace and name.
        public var id: EndpointID
        /// The addresses that it owns.
        public var addresses: EndpointAddresses
        /// The position of its program in ``NodeProgram/programs``; nil where no policy governs it.
        public var ingress: Int?
        /// The same for packets that it sends.
        public var egress: Int?
    }

    /// An endpoint before it is compiled.
    public struct Input: Sendable {
        /// The endpoint's namespace and name.
        public var id: EndpointID
        /// The addresses that it owns.
        public var addresses: EndpointAddresses
        /// Its class for packets to it; nil where no policy governs them.
        public var ingress: EndpointClass?
        /// Its class for packets from it; nil where no policy governs them.
        public var egress: EndpointClass?

        /// An endpoint with its classes.
        public init(
            id: EndpointID, addresses: EndpointAddresses, ingress: EndpointClass?,
            egress: EndpointClass?
        ) {
            self.id = id
            self.addresses = addresses
            self.ingress = ingress
            self.egress = egress
        }
    }

    /// A program of these parts.
    public init(
        endpoints: [Subject] = [], programs: [DecisionProgram],
        members: [MatchSet: EndpointAddresses] = [:], blocks: [MatchSet: AddressSet] = [:],
        denyAction: EnforcementSettings.DenyAction = .drop, hosts: HostProgram? = nil
    ) {
        self.hosts = hosts
        self.endpoints = endpoints
        self.programs = programs
        self.members = members
        self.blocks = blocks
        self.denyAction = denyAction
    }

    /// Compiles each class once and looks up each set's members once.
    public init(
        _ inputs: [Input], hosts: HostProgram.Input? = nil, _ directory: some PeerDirectory,
        denyAction: EnforcementSettings.DenyAction = .drop, costs: CostModel = .standard
    ) {
        self.denyAction = denyAction
        var sharing = ProgramSharing(costs: costs)
        endpoints = inputs.compactMap { input in
            let ingress = input.ingress.map { sharing.program(for: $0, directory) }
            let egress = input.egress.map { sharing.program(for: $0, directory) }
            if ingress == nil, egress == nil { return nil }
            return Subject(
                id: input.id, addresses: input.addresses, ingress: ingress, egress: egress)
        }
        self.hosts = hosts.map { input in
            HostProgram(input) { sharing.program(for: $0, directory) }
        }
        programs = sharing.programs
        var count = UnionCount()
        for program in programs { count.add(program) }
        let common = CommonSets(count, costs) { $0.size(directory) }
        if common != .none { programs = programs.map(common.applied) }
        members = [:]
        blocks = [:]
        var sets: Set<MatchSet> = []
        for program in programs { sets.formUnion(program.sets) }
        for set in sets where !set.endpoints.isEmpty {
            members[set] = set.members(directory)
            if set.mayHoldBlocks { blocks[set] = set.blocks(directory) }
        }
    }
}

/// The programs made so far, by what distinguishes classes. Within one state a policy's identifier
/// stands for its content.
private struct ProgramSharing {
    let costs: CostModel
    private(set) var programs: [DecisionProgram] = []
    private var positions: [Key: Int] = [:]
    private var book = ClauseBook()

    init(costs: CostModel) { self.costs = costs }

    private struct Key: Hashable {
        var direction: Direction
        var stage: Stage
        var policies: [[Int]]
        var namedPorts: [NamedPort]
        var families: [Bool]
    }

    mutating func program(for endpoints: EndpointClass, _ directory: some PeerDirectory) -> Int {
        let key = Key(
            direction: endpoints.direction, stage: endpoints.stage,
            policies: book.numbers(of: endpoints),
            namedPorts: endpoints.namedPorts,
            families: [endpoints.families.contains(.ipv4), endpoints.families.contains(.ipv6)])
        if let position = positions[key] { return position }
        positions[key] = programs.count
        programs.append(DecisionProgram(endpoints, key.policies, directory, &book, costs))
        return programs.count - 1
    }
}

extension UnionPart {
    /// How many elements it makes.
    func size(_ directory: some PeerDirectory) -> Int {
        switch self {
        case .peer(let peer): peer.size(directory)
        case .networks(let blocks): blocks.intervalCount
        }
    }
}

extension EndpointPeer {
    /// How many addresses and blocks it stands for.
    func size(_ directory: some PeerDirectory) -> Int {
        let addresses = directory.addresses(of: self)
        return addresses.ipv4.count + addresses.ipv6.count
            + (mayHoldBlocks ? directory.blocks(of: self).intervalCount : 0)
    }
}

extension AddressSet {
    fileprivate var intervalCount: Int { ipv4.intervals.count + ipv6.intervals.count }
}

extension MatchSet {
    /// The addresses of the endpoints in the formula, ascending and distinct.
    func members(_ directory: some PeerDirectory) -> EndpointAddresses {
        if endpoints.count == 1 { return directory.addresses(of: endpoints.first!) }
        var result = EndpointAddresses()
        for peer in endpoints {
            let addresses = directory.addresses(of: peer)
            result.ipv4 += addresses.ipv4
            result.ipv6 += addresses.ipv6
        }
        return EndpointAddresses(
            ipv4: Self.distinct(result.ipv4), ipv6: Self.distinct(result.ipv6))
    }

    /// The formula's own blocks and those of the network sets in it.
    func blocks(_ directory: some PeerDirectory) -> AddressSet {
        endpoints.filter(\.mayHoldBlocks).reduce(networks) {
            $0.union(directory.blocks(of: $1))
        }
    }

    private static func distinct<Bits: AddressBits>(_ addresses: [Bits]) -> [Bits] {
        var result: [Bits] = []
        result.reserveCapacity(addresses.count)
        for address in addresses.sorted() where address != result.last { result.append(address) }
        return result
    }
}
