// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import MatchIR
import NetworkPrimitives
import NftablesLowering
import NftablesModel
import PolicyModel
import PolicyResolution

/// The way from a cluster's state to one node's ruleset, kept up to date change by change.
///
/// Pure as ``NodeCompilation`` is: what it wants after some changes does not depend on their order
/// or grouping, and what it says of a change leads from what was wanted before to what is wanted
/// after.
public final class LiveCompilation {
    private let node: String
    private let costs: CostModel
    private let resolution: LiveResolution
    private let program: LiveProgram
    private var lowered: LiveTable?
    private var denyAction = EnforcementSettings.standard.denyAction
    private var workloads = Workloads()
    private var changedEndpoints: Set<EndpointID> = []

    /// Whether to keep in mind what ``takeChangedEndpoints()`` tells.
    public var notesChangedEndpoints = false

    /// What is known of the node's workloads, which most changes leave as it is.
    private struct Workloads {
        var revision: UInt64 = 0
        var settings = EnforcementSettings.standard
        var guards: [HostProgram.Guard] = []
        /// Nil where nobody has asked.
        var addresses: EndpointAddresses?
    }

    /// What a change of the cluster means for the wanted table.
    public enum Outcome: Sendable {
        /// This has to be done.
        case change(TableChange)
        /// Nothing is known but the wanted table as a whole. It comes to this where hashes of names
        /// collide, for as long as they do, and once more when that ends; where host endpoints or
        /// their policies change; and once when denied packets meet something else.
        case whole
    }

    /// The compilation of an empty cluster without tiers for the node of this name.
    public init(node: String, costs: CostModel = .standard) {
        self.node = node
        self.costs = costs
        resolution = LiveResolution(node: node)
        program = LiveProgram(resolution, costs: costs)
        lowered = LiveTable(program)
    }

    /// Takes changes of the cluster.
    public func apply(_ changes: some Sequence<ClusterChange>) -> Outcome {
        let resolved = resolution.apply(changes)
        if notesChangedEndpoints { changedEndpoints.formUnion(resolved.locals.keys) }
        let change = program.apply(
            locals: resolved.locals.mapValues { $0.map(LiveProgram.Input.init) },
            members: resolved.members, blocks: resolved.blocks, questions: resolved.questions,
            hosts: hosts)
        if resolution.settings.denyAction != denyAction {
            denyAction = resolution.settings.denyAction
            lowered = try? lowerAnew()
            return .whole
        }
        guard let table = lowered else {
            if change.isEmpty { return .change(TableChange()) }
            // Names come from programs: only other ones can end a collision.
            if !change.programs.isEmpty || change.areHostsChanged { lowered = try? lowerAnew() }
            return .whole
        }
        do {
            let tableChange = try table.apply(change)
            return table.areHostsRemade ? .whole : .change(tableChange)
        } catch {
            lowered = nil
            return .whole
        }
    }

    /// A table made from the programs as they are now.
    private func lowerAnew() throws(NameCollision) -> LiveTable {
        let table = LiveTable(program, denyAction: denyAction)
        _ = try table.apply(program.asChange)
        return table
    }

    /// The wanted table.
    ///
    /// - Complexity: O(*n* log *n*) in the table, more where hashes of names collide.
    public var table: Table { lowered?.table ?? Table(wholeProgram) }

    /// The same, compiled as a whole from the endpoints and policies that are known now.
    public var wholeProgram: NodeProgram {
        NodeProgram(
            resolution.localEndpoints.map { NodeProgram.Input($0.local) }, hosts: hosts,
            resolution, denyAction: denyAction, costs: costs)
    }

    private var hosts: HostProgram.Input? {
        let settings = resolution.settings
        if settings != workloads.settings || resolution.localRevision != workloads.revision {
            workloads = Workloads(
                revision: resolution.localRevision, settings: settings,
                guards: resolution.guardedEndpoints.map { HostProgram.Guard($0, settings) })
        }
        return HostProgram.Input(
            resolution.hostEndpoints, guards: workloads.guards,
            node: resolution.ownNode, nodeAddresses: { resolution.nodeAddresses },
            settings: settings,
            workloads: {
                if let addresses = workloads.addresses { return addresses }
                let addresses = resolution.workloadAddresses
                workloads.addresses = addresses
                return addresses
            })
    }

    /// The node's workloads whose addresses or policies have changed since the last call; nil where
    /// there is none any more.
    public func takeChangedEndpoints() -> [EndpointID: LocalEndpoint?] {
        defer { changedEndpoints = [] }
        return changedEndpoints.reduce(into: [:]) { $0[$1] = .some(resolution.localEndpoint($1)) }
    }

    /// Who claims an address.
    public func claimants(of address: IPAddress) -> [EndpointID] {
        resolution.claimants(of: address)
    }

    /// Some sets of the wanted table with the chains whose rules look into them; nil where only the
    /// whole table is known.
    public func part(around sets: Set<String>) -> Table? { lowered?.part(around: sets) }

    /// Takes over the capacities of a table that stands.
    public func adoptCapacities(of observed: Table) { lowered?.adoptCapacities(of: observed) }

    /// The addresses of each pod of this node that policies govern.
    public var governedAddresses: [EndpointAddresses] { program.subjects.values.map(\.addresses) }

    /// How many pods of this node policies govern.
    public var governedEndpointCount: Int { program.subjects.count }
}

extension LiveProgram.Input {
    /// A resolved endpoint with its classes of both directions.
    public init(_ endpoint: LiveEndpoint) {
        self.init(
            endpoint: NodeProgram.Input(endpoint.local),
            ingressRevisions: endpoint.ingressRevisions,
            egressRevisions: endpoint.egressRevisions)
    }
}
