// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Foundation
import Glibc
import NetfilterKernel
import NftablesModel
import NodeCompiler
import PolicyModel
import PolicyTestKit

/// A network namespace with manifests beside it, agents that are started there one after the other,
/// and a view of the ruleset that does not pass through them.
public final class AgentSite {
    /// Where agents run.
    public let namespace: PolicyTestKit.NetworkNamespace
    /// What they follow.
    public let folder: ManifestFolder
    /// Their ruleset.
    public let ruleset: KernelRuleset
    /// Whose pods they govern.
    public let node: String

    private static let port: UInt16 = 9095

    /// - Parameter namespace: one of its own unless given.
    public init(
        _ label: String, node: String = WorldGenerator.localNode,
        in namespace: PolicyTestKit.NetworkNamespace? = nil
    ) throws {
        self.node = node
        self.namespace = try namespace ?? PolicyTestKit.NetworkNamespace(label)
        folder = try ManifestFolder()
        ruleset = try KernelRuleset(in: self.namespace.forKernel)
        try self.namespace.execute(["ip", "link", "set", "lo", "up"])
    }

    // MARK: Agents

    /// Starts an agent that follows the folder.
    public func start(_ options: String..., source: String? = nil) throws -> AgentProcess {
        try AgentProcess(
            in: namespace,
            ["-f", source ?? folder.manifests, "--node", node, "--log-level", "debug"] + options,
            logPath: folder.log)
    }

    /// Asks the running agent; nil if none answers.
    public func ask(_ path: String) throws -> AgentReply? {
        try namespace.run { AgentReply.ask(path, port: Self.port) }
    }

    /// Waits until the agent says that all is in force.
    ///
    /// - Returns: false if it does not in time.
    public func awaitReady(within patience: Duration = .seconds(20)) throws -> Bool {
        try waits(within: patience) { try ask("/readyz")?.code == 200 }
    }

    /// A counter or gauge of `/metrics`, by its name with labels.
    public func metric(_ name: String) throws -> Double? {
        try ask("/metrics")?.body.split(separator: "\n").first { $0.hasPrefix("\(name) ") }
            .flatMap { Double($0.split(separator: " ").last ?? "") }
    }

    // MARK: The kernel

    /// Sluice's table; nil if there is none.
    ///
    /// Reading is begun again where a busy neighbour keeps it from coming to an end.
    public func read() throws -> ObservedTable? {
        for _ in 0..<20 {
            do { return try ruleset.read(table: Table.sluiceName) } catch NetlinkError.unsettled {}
        }
        return try ruleset.read(table: Table.sluiceName)
    }

    /// The table that a state wants on the node.
    public func wanted(_ state: ClusterState) -> Table {
        NodeCompilation(state.asManifestsSay, node: node).table.sorted.withoutCapacities
    }

    /// Waits until the kernel has what a state wants and nothing else, and nobody changes it
    /// meanwhile.
    public func awaitTable(
        of state: ClusterState, within patience: Duration = .seconds(20)
    ) throws -> Bool {
        let wanted = wanted(state)
        return try waits(within: patience) {
            let observed = try read()
            return observed?.table.sorted.withoutCapacities == wanted
        }
    }

    /// Has `nft` carry out commands.
    @discardableResult
    public func nft(_ commands: String) throws -> String {
        try namespace.execute(["nft", "-f", "-"], input: commands)
    }

    /// Waits until something holds.
    ///
    /// - Returns: whether it does, at last.
    public func waits(
        within patience: Duration = .seconds(10), _ condition: () throws -> Bool
    ) rethrows -> Bool {
        let deadline = ContinuousClock.now + patience
        while try !condition() {
            if ContinuousClock.now > deadline { return false }
            usleep(5_000)
        }
        return true
    }
}

extension PolicyTestKit.NetworkNamespace {
    /// The same namespace as the product knows it.
    public var forKernel: NetfilterKernel.NetworkNamespace {
        NetfilterKernel.NetworkNamespace(path: "/run/netns/\(name)")
    }
}
