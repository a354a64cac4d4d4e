// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetfilterKernel
import NetworkPrimitives
import NodeAgent
import PolicyModel
import PolicyTestKit

/// A namespace with routes that a test changes, and pods whose interfaces are followed there.
final class RoutedNode {
    static let namespaceObstacle = Lab.obstacle

    let node: PolicyTestKit.NetworkNamespace
    private let watch: RoutingWatch
    private(set) var pods: PodInterfaces
    /// How often everything was read, not counting the first time.
    private(set) var readings = 0
    private var endpoints: [Endpoint] = []
    private var others: [PolicyTestKit.NetworkNamespace] = []

    /// - Parameter room: for notifications, in bytes.
    init(_ label: String, room: Int? = nil) throws {
        let node = try PolicyTestKit.NetworkNamespace(label)
        self.node = node
        try node.execute(["ip", "link", "set", "lo", "up"])
        watch = try node.run { try RoutingWatch(room: room) }
        pods = PodInterfaces(node: "alpha")
        _ = pods.put(try watch.read())
    }

    /// Has `ip` carry out lines in the node.
    func ip(_ lines: String...) throws {
        try node.execute(
            ["ip", "-batch", "-"], input: lines.map { "\($0)\n" }.joined())
    }

    /// Makes a namespace, and a cable that leads there from an interface of the node.
    @discardableResult
    func connect(_ interface: String) throws -> PolicyTestKit.NetworkNamespace {
        let other = try PolicyTestKit.NetworkNamespace(interface)
        others.append(other)
        try ip(
            "link add \(interface) type veth peer name eth0 netns \(other.name)",
            "link set \(interface) up")
        try other.execute(["ip", "link", "set", "eth0", "up"])
        return other
    }

    /// A pod with these addresses comes.
    func addPod(_ name: String, _ addresses: String...) {
        let pod = Endpoint(
            id: EndpointID(namespace: "shop", name: name), node: "alpha",
            addresses: addresses.map { IPAddress($0)! })
        let known = endpoints
        endpoints.append(pod)
        _ = pods.complete([.endpoint(pod.id, pod)]) { address in
            known.filter { $0.addresses.contains(address) }.map(\.id)
        }
    }

    /// Takes what has been notified, as the agent does.
    func follow() throws {
        if let changes = try watch.drain(), pods.apply(changes) != nil { return }
        readings += 1
        _ = pods.put(try watch.read())
    }

    /// Waits until a pod is known to stand there; nil: nowhere.
    ///
    /// - Returns: false if that takes longer than some seconds, or a new reading tells otherwise.
    func awaits(_ name: String, at interface: String?) throws -> Bool {
        let id = EndpointID(namespace: "shop", name: name)
        let deadline = ContinuousClock.now + .seconds(5)
        repeat {
            try follow()
            let anew = PodInterfaces.interfaces(
                of: endpoints, onNode: "alpha",
                routing: try node.run { try RoutingWatch().read() })
            if pods.interfaces[id] == interface, pods.interfaces == anew { return true }
        } while ContinuousClock.now < deadline
        return false
    }
}
