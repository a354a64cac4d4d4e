// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import ArgumentParser
import NetfilterKernel
import NodeAgent
import NodeCompiler
import PolicyModel

/// What every command that compiles needs to know.
struct InputOptions: ParsableArguments {
    @OptionGroup var manifests: ManifestOptions

    @Option(
        help: """
            The node whose pods are governed. May be left out when all pods stand on one node.
            """)
    var node: String?

    @Option(
        name: .customLong("node-interface"),
        help: ArgumentHelp(
            "An interface of the node and its addresses, by which host endpoints find theirs; without it, commands that use the kernel ask it. Repeatable.",
            valueName: "name=address,…"))
    var interfaces: [NodeInterfaceArgument] = []

    @Option(
        name: .customLong("interfaces"),
        help: """
            For commands that use the kernel. routes: where an interface leads to a pod alone, by its \
            routes, packets from there have to bear the pod's addresses, as with the agent's option; \
            off: nothing is concluded from routes.
            """)
    var podInterfaces = InterfaceSource.off

    /// Reads, decodes and compiles. Prints all warnings and errors of the input.
    ///
    /// - Parameter asksKernel: whether this network namespace is the node's.
    /// - Throws: ``ExitStatus/error`` if there was any error.
    func compile(asksKernel: Bool = false) throws -> NodeCompilation {
        let (state, node) = try cluster(asksKernel: asksKernel)
        return NodeCompilation(state, node: node)
    }

    /// Reads, decodes, and settles which node is meant. Prints all warnings and errors of the input.
    ///
    /// - Parameter asksKernel: whether this network namespace is the node's.
    /// - Throws: ``ExitStatus/error`` if there was any error.
    func cluster(asksKernel: Bool = false) throws -> (state: ClusterState, node: String) {
        var state = try manifests.state()
        let node = try chooseNode(in: state)
        try putInterfaces(of: node, in: &state, asksKernel: asksKernel)
        try placePods(of: node, in: &state, asksKernel: asksKernel)
        return (state, node)
    }

    /// Adds the interfaces of a node with host endpoints, as the options or the kernel tell them.
    ///
    /// - Throws: ``Failure`` if the kernel is to be asked and does not answer.
    func putInterfaces(
        of node: String, in state: inout ClusterState, asksKernel: Bool
    ) throws {
        let hasHosts = state.endpoints.contains { $0.id.kind == .host && $0.node == node }
        guard hasHosts else { return }
        if !interfaces.isEmpty {
            state.put(interfaces.map(\.interface), onNode: node)
        } else if asksKernel {
            do {
                state.put(try NodeInterface.all(InterfaceList()), onNode: node)
            } catch {
                throw Failure("\(error)")
            }
        }
    }

    /// Adds the interfaces of the node's pods, where the options want that.
    ///
    /// - Throws: ``Failure`` if the kernel is not to be asked, or does not answer.
    private func placePods(
        of node: String, in state: inout ClusterState, asksKernel: Bool
    ) throws {
        guard podInterfaces == .routes else { return }
        guard asksKernel else {
            throw Failure(
                "--interfaces routes: this command does not ask the kernel; leave the option out")
        }
        do {
            state.place(podsOf: node, by: try RoutingWatch().read())
        } catch {
            throw Failure("\(error)")
        }
    }

    /// The node that was named, if one was.
    ///
    /// - Throws: ``Failure`` if the input does not know it.
    func namedNode(in state: ClusterState) throws -> String? {
        guard let node else { return nil }
        let known = state.occupiedNodes.union(state.nodes.map(\.name))
        guard known.isEmpty || known.contains(node) else {
            throw Failure(
                """
                --node \(node): no pod stands on this node and no Node has this name; \
                the input knows \(known.sorted().joined(separator: ", "))
                """)
        }
        return node
    }

    private func chooseNode(in state: ClusterState) throws -> String {
        if let node = try namedNode(in: state) { return node }
        let occupied = state.occupiedNodes
        let known = occupied.union(state.nodes.map(\.name))
        switch (occupied.count, known.count) {
        case (1, _): return occupied.first!
        case (0, 1): return known.first!
        case (0, 0):
            throw Failure(
                "no pod of the input stands on a node: say with --node which one is meant")
        default:
            throw Failure(
                """
                several nodes in the input: say with --node which one is meant: \
                \(known.sorted().joined(separator: ", "))
                """)
        }
    }
}

extension InterfaceSource: ExpressibleByArgument {}

extension ClusterState {
    /// The nodes on which pods stand that have not finished.
    fileprivate var occupiedNodes: Set<String> {
        Set(endpoints.filter { !$0.isFinished }.compactMap(\.node))
    }
}
