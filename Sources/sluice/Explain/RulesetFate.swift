// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import NftablesModel
import NodeCompiler
import PolicyModel
import PolicyVerification

/// What a node's ruleset does with a packet.
struct RulesetFate {
    /// Where the ruleset comes from.
    enum Origin: String {
        case compiled
        case kernel
    }

    /// What came out.
    enum Outcome {
        /// The packet goes the way of the trace.
        case traced(PacketTrace)
        /// The packet meets no chain of ours, and why.
        case untouched(String)
        /// What happens cannot be told, and why.
        case unknown(String)
    }

    let node: String
    let origin: Origin
    let outcome: Outcome
    /// What the policies say at this node.
    let isExpected: Bool
    /// The kernel's rules of each chain; empty for a compiled ruleset.
    var observed: [String: [ObservedRule]] = [:]

    /// Whether the packet goes on; nil where that cannot be told.
    var isAccepted: Bool? {
        switch outcome {
        case .traced(let trace): trace.isAccepted
        case .untouched: true
        case .unknown: nil
        }
    }

    /// Whether the ruleset does what the policies say.
    var agrees: Bool { isAccepted == isExpected }

    /// The kernel's handle of a rule on the way.
    func handle(_ step: PacketTrace.Step) -> UInt64? {
        guard let rules = observed[step.chain], rules.indices.contains(step.rule)
        else { return nil }
        return rules[step.rule].handle
    }
}

/// The rulesets of the nodes that are asked.
struct Rulesets {
    private let state: ClusterState
    private var tables: [String: Table] = [:]
    private var observed: ObservedTable?
    private let kernelNode: String?

    /// - Throws: ``Failure`` if the kernel is meant and it is not clear which node it is, or it
    ///   cannot be read.
    init(_ state: ClusterState, nodes: [String], usesKernel: Bool) throws {
        self.state = state
        guard usesKernel else {
            kernelNode = nil
            for node in nodes { tables[node] = NodeCompilation(state, node: node).table }
            return
        }
        guard nodes.count == 1 else {
            throw Failure(
                nodes.isEmpty
                    ? "--kernel: neither end is on a node; say with --node which one this is"
                    : """
                    --kernel: the packet passes \(nodes.joined(separator: " and ")); say with \
                    --node which of them this network namespace belongs to
                    """)
        }
        kernelNode = nodes[0]
        observed = try Kernel().read()
    }

    /// The fate of an explained packet at the node of the explanation; nil where that node's
    /// ruleset is not asked.
    func fate(of explanation: Explanation) -> RulesetFate? {
        let isKernel = explanation.node == kernelNode
        guard isKernel || tables[explanation.node] != nil else { return nil }
        return RulesetFate(
            node: explanation.node, origin: isKernel ? .kernel : .compiled,
            outcome: outcome(of: explanation),
            isExpected: explanation.decision.isAllowed,
            observed: isKernel ? observed?.rules ?? [:] : [:])
    }

    private func outcome(of explanation: Explanation) -> RulesetFate.Outcome {
        guard let table = tables[explanation.node] ?? observed?.table else {
            return .untouched("there is no table inet sluice in this network namespace")
        }
        let ownChains =
            tables[explanation.node] ?? NodeCompilation(state, node: explanation.node).table
        if let problem = table.problem(besides: ownChains) { return problem }
        let node = explanation.node
        let own = Set(state.nodes.filter { $0.name == node }.flatMap(\.addresses))
        let packet = explanation.packet
        let isToNode = own.contains(packet.destination)
        if let host = hostEndpoint(concernedBy: packet, own, at: node, ownChains) {
            return .unknown(
                """
                host endpoint \(host.name) has a say at this node that is not explained yet
                """)
        }
        if isToNode, !table.chains.contains(where: { $0.base?.hook == .input }) {
            return .untouched("the packet is for the node itself; there is no chain at input")
        }
        let isFromNode = own.contains(packet.source)
        var sent = Packet(packet, isFromThisNode: isFromNode)
        sent.inputInterface = interface(of: packet.source, at: node)
        sent.outputInterface = interface(of: packet.destination, at: node)
        do {
            let trace = try table.trace(
                sent, at: isFromNode ? .output : isToNode ? .input : .forward)
            let asked = Set(trace.steps.flatMap { $0.lookups.map(\.set) })
            let strange = table.sets.first { asked.contains($0.name) && $0.isOnlyPartlyKnown }
            if let strange { return .unknown("others have changed what set \(strange.name) is") }
            return .traced(trace)
        } catch {
            return .unknown("\(error)")
        }
    }
}

extension Rulesets {
    /// A host endpoint of the node that may judge the packet; nil where none does.
    ///
    /// What the node forwards meets them only where a policy is about that, or about what comes in
    /// before tracking or translation. What the node and its own pods send to each other does not (S22).
    private func hostEndpoint(
        concernedBy packet: PacketDescription, _ own: Set<IPAddress>, at node: String,
        _ table: Table
    ) -> EndpointID? {
        let hosts = state.endpoints.filter { $0.id.kind == .host && $0.node == node }.map(\.id)
        guard let host = hosts.min() else { return nil }
        if table.chains.contains(where: { $0.base?.hook == .prerouting }) { return host }
        let isOfPod = { (address: IPAddress) in
            state.endpoints.contains {
                $0.isPoliced && $0.id.kind != .host && $0.node == node
                    && $0.addresses.contains(address)
            }
        }
        if own.contains(packet.destination) { return isOfPod(packet.source) ? nil : host }
        if own.contains(packet.source) { return isOfPod(packet.destination) ? nil : host }
        return table.chains.contains { $0.name.hasPrefix("host-forward-") } ? host : nil
    }

    /// The interface behind which the address's owner stands, where it is known.
    private func interface(of address: IPAddress, at node: String) -> String? {
        state.endpoints.first {
            $0.isPoliced && $0.node == node && $0.addresses.contains(address)
        }?.particulars?.interface
    }
}

extension Table {
    /// Why the table's rules at the hooks of forwarded packets are not all there is to know; nil
    /// for every table that Sluice has made and nobody else has changed.
    ///
    /// - Parameter own: the table that Sluice makes.
    fileprivate func problem(besides own: Table) -> RulesetFate.Outcome? {
        // NFT_TABLE_F_DORMANT: the chains are not attached.
        if foreignFlags & 1 != 0 { return .untouched("somebody has made the table dormant") }
        let foreign = chains.first { chain in
            guard let base = chain.base else { return false }
            if own.chains.contains(where: { $0.name == chain.name && $0.base == base }) {
                return false
            }
            return base.type != "filter" || ![.forward, .output].contains(base.hook)
        }
        guard let foreign, let base = foreign.base else { return nil }
        return .unknown("others have added chain \(foreign.name) at hook \(base.hook.name)")
    }
}

extension NamedSet {
    /// Whether its elements are more than this model can hold.
    fileprivate var isOnlyPartlyKnown: Bool {
        foreignFlags & (Self.foreignHeaderFlag | Self.foreignElementsFlag) != 0
    }
}

extension Packet {
    /// A new connection's first packet as connection tracking sees it: it leaves neighbour
    /// discovery untracked (S44).
    fileprivate init(_ packet: PacketDescription, isFromThisNode: Bool) {
        let type = packet.transport == .icmpv6 ? packet.icmpType ?? 0 : 0
        let isDiscovery = (130...136).contains(type) || type == 143
        self.init(
            from: packet.source, to: packet.destination, transport: packet.transport,
            sourcePort: packet.sourcePort,
            destinationPort: packet.destinationPort, icmpType: packet.icmpType,
            icmpCode: packet.icmpCode,
            connection: isDiscovery ? .untracked : .new, isFromThisNode: isFromThisNode)
    }
}
