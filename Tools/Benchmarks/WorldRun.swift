// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Foundation
import NetfilterKernel
import NftablesModel
import NodeCompiler
import PolicyModel
import PolicyTestKit
import RulesetDiff

/// What one world took, once, in a process of its own: from the decoded objects to the wanted table as
/// the agent compiles it, and from there into an empty network namespace.
struct WorldRun: Codable {
    /// The parts of the objects: labels, addresses, rules, peers, ports, blocks, exceptions.
    var input = 0
    var chains = 0
    var rules = 0
    var sets = 0
    var elements = 0
    /// In milliseconds.
    var compile = 0.0
    /// The thread's processor time for that, in milliseconds.
    var compileProcessor = 0.0
    /// In milliseconds, until the kernel has acknowledged.
    var commit = 0.0
    /// Resident before there was anything, in MiB.
    var bare = 0.0
    /// With the decoded objects.
    var objects = 0.0
    /// At most, from the objects to the commit.
    var peak = 0.0
    /// After the commit, when only the compilation has the objects.
    var kept = 0.0

    /// More than so many are not put into the kernel, which would take memory that others need.
    static let mostElements = 2_000_000
    /// The process gets no more memory than this, in bytes, and ends where it asks for more.
    private static let mostMemory: UInt = 4 << 30

    /// Whether the table was small enough to be put into the kernel.
    var isCommitted: Bool { elements <= Self.mostElements }

    var output: Int { chains + rules + sets + elements }

    init(_ world: ScaledWorld) throws {
        var limit = rlimit(rlim_cur: Self.mostMemory, rlim_max: Self.mostMemory)
        guard setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0 else {
            throw BenchmarkFailure(text: "the process's memory cannot be limited")
        }
        bare = try ProcessMemory.resident()
        var state: ClusterState? = world.state()
        input = state!.partCount
        var changes: [ClusterChange]? = state!.asChanges
        state = nil
        try ProcessMemory.forgetPeak()
        objects = try ProcessMemory.resident()
        let namespace = try PolicyTestKit.NetworkNamespace("world")
        let ruleset = try KernelRuleset(
            in: NetfilterKernel.NetworkNamespace(path: "/run/netns/\(namespace.name)"))
        let clock = ContinuousClock()

        let live = LiveCompilation(node: ScaledWorld.localNode)
        let before = ThreadTime.milliseconds
        var table: Table?
        compile =
            clock.measure {
                _ = live.apply(changes!)
                table = live.table
            }.milliseconds
        compileProcessor = ThreadTime.milliseconds - before
        chains = table!.chains.count
        rules = table!.chains.reduce(0) { $0 + $1.rules.count }
        sets = table!.sets.count
        elements = table!.sets.reduce(0) { $0 + $1.elements.count }
        if isCommitted {
            commit =
                try clock.measure {
                    try ruleset.commit(Transaction(from: nil, to: table!), wantsHandles: false)
                }.milliseconds
        }
        peak = try ProcessMemory.peak()
        table = nil
        changes = nil
        ProcessMemory.giveBack()
        kept = try ProcessMemory.resident()
        withExtendedLifetime(live) {}
    }
}

extension ClusterState {
    /// How many parts its objects have: each label, address, port, rule, peer, block, exception and
    /// value is one.
    var partCount: Int {
        namespaces.reduce(0) { $0 + 1 + $1.labels.count }
            + nodes.reduce(0) { $0 + 1 + $1.labels.count + $1.addresses.count }
            + endpoints.reduce(0) {
                $0 + 1 + $1.labels.count + $1.addresses.count + $1.namedPorts.count
            } + networkSets.reduce(0) { $0 + 1 + $1.labels.count + $1.blocks.count }
            + policies.reduce(0) {
                $0 + 1 + $1.subject.labels.partCount
                    + $1.allRules.reduce(0) { $0 + $1.partCount }
            }
    }
}

extension PolicyModel.Rule {
    fileprivate var partCount: Int {
        var count = 1
        if case .only(let ports) = ports { count += ports.count }
        if case .only(let peers) = peers { count += peers.reduce(0) { $0 + $1.partCount } }
        return count
    }
}

extension Peer {
    fileprivate var partCount: Int {
        switch self {
        case .endpoints(let selector): selector.partCount
        case .network(_, let exceptions): 1 + exceptions.count
        case .addresses(let match):
            1 + (match.nets?.count ?? 0) + match.notNets.count + (match.selector?.partCount ?? 0)
                + (match.notSelector?.partCount ?? 0)
        case .nodes(let selector): selector.partCount
        case .service: 1
        }
    }
}

extension EndpointSelector {
    fileprivate var partCount: Int {
        if case .labelled(let selector) = namespaces {
            return 1 + selector.partCount + labels.partCount
        }
        return 1 + labels.partCount
    }
}

extension Selector {
    fileprivate var partCount: Int {
        switch self {
        case .everything: 0
        case .has, .isText: 1
        case .isOneOf(_, let values): 1 + values.count
        case .not(let operand): operand.partCount
        case .all(let operands), .any(let operands):
            operands.reduce(0) { $0 + $1.partCount }
        }
    }
}
