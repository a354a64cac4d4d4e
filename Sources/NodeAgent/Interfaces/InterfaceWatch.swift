// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Logging
import NetfilterKernel
import NetworkPrimitives
import PolicyModel

/// What the kernel tells of the node's interfaces and, where it is looked for there, behind which of them its
/// pods are.
struct InterfaceWatch {
    /// What was found.
    struct Finding {
        /// What it changes.
        var changes: [ClusterChange] = []
        /// Whether something could not be read, and has to be looked at again.
        var isPartial = false
    }

    private let interfaces: InterfaceList
    private let routing: RoutingWatch?
    private let logger: Logger
    private var ownNode: OwnNode
    private var podInterfaces: PodInterfaces

    /// Nothing has been read yet.
    ///
    /// - Parameter routing: nil where nothing is to be concluded from routes.
    init(
        node: String, interfaces: sending InterfaceList, routing: sending RoutingWatch?,
        logger: Logger
    ) {
        self.interfaces = interfaces
        self.routing = routing
        self.logger = logger
        ownNode = OwnNode(named: node)
        podInterfaces = PodInterfaces(node: node)
    }

    /// Readable when an interface has changed; not to be read from.
    var interfaceDescriptor: Int32 { interfaces.descriptor }

    /// Readable when a route has changed; not to be read from.
    var routeDescriptor: Int32? { routing?.descriptor }

    /// How many pods of the node have a known interface.
    var placedPodCount: Int { podInterfaces.interfaces.count }

    /// Takes the interfaces as they are now: a host endpoint may expect an address that another one
    /// has got.
    mutating func readInterfaces() -> Finding {
        do {
            try interfaces.drain()
            let change = ownNode.put(try NodeInterface.all(interfaces))
            return Finding(changes: change.map { [$0] } ?? [])
        } catch {
            logger.warning(
                "the node's interfaces cannot be read; those last known count",
                metadata: ["error": "\(error)"])
            return Finding(isPartial: true)
        }
    }

    /// The source's changes: those of the node's object with its interfaces, those of the node's pods with
    /// theirs, where these are looked for. A pod and its route change at once where both have.
    ///
    /// - Parameter claimants: who claimed an address before these changes.
    mutating func complete(
        _ changes: [ClusterChange], claimants: (IPAddress) -> [EndpointID]
    ) -> Finding {
        let changes = ownNode.complete(changes)
        if routing == nil { return Finding(changes: changes) }
        var finding = readRouteChanges()
        finding.changes += podInterfaces.complete(changes, claimants: claimants)
        return finding
    }

    /// What routes and interfaces of pods that have changed come to.
    mutating func readRouteChanges() -> Finding {
        guard let routing else { return Finding() }
        do {
            if let changes = try routing.drain(), let result = podInterfaces.apply(changes) {
                return Finding(changes: result)
            }
        } catch {
            logger.debug("routes are read anew", metadata: ["error": "\(error)"])
        }
        return readRoutes()
    }

    /// Takes the routes as they are now.
    mutating func readRoutes() -> Finding {
        guard let routing else { return Finding() }
        do {
            return Finding(changes: podInterfaces.put(try routing.read()))
        } catch {
            logger.warning(
                "the routes cannot be read; no pod's interface is known until they can",
                metadata: ["error": "\(error)"])
            let changes = podInterfaces.put(RoutingSnapshot(guidance: [:]))
            return Finding(changes: changes, isPartial: true)
        }
    }
}
