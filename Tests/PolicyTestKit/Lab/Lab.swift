// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Glibc
import Synchronization

/// A small cluster made of network namespaces: a node that routes, and hosts that hang on it.
///
/// Everything a packet meets between two hosts is in the node, so a policy that is enforced there
/// decides which of them can talk; a `Prober` tells. Nothing outside the lab's own namespaces is
/// touched. One lab serves for any number of policies, one after another.
public final class Lab: Sendable {
    /// The node's namespace, where policy is enforced.
    public let node: NetworkNamespace

    /// The ports on which every host and the node answer TCP, UDP and SCTP; every other port
    /// refuses.
    public let servedPorts: [UInt16]

    /// Source ports for probes, never the same twice.
    let sourcePorts: SourcePorts

    private let wiring: LabWiring
    private let hosts: [String: (wiring: LabWiring.Host, namespace: NetworkNamespace)]
    private let responder: Mutex<Responder?>

    /// Builds a lab and starts the servers of all its hosts.
    ///
    /// - Parameters:
    ///   - hosts: the hosts, with names and addresses that are unique in the lab.
    ///   - nodeAddresses: the node's own addresses; they are on its loopback interface.
    ///   - servedPorts: the ports on which every host and the node answer.
    /// - Throws: `LabError` when the system refuses any part; what was built until then is gone.
    public init(
        hosts: [LabHost], nodeAddresses: [String] = [], servedPorts: [UInt16] = [80]
    ) throws {
        try Self.raiseDescriptorLimit()
        self.servedPorts = servedPorts
        sourcePorts = SourcePorts(avoiding: Set(servedPorts))
        wiring = try LabWiring(hosts: hosts, nodeAddresses: nodeAddresses)

        let node = try NetworkNamespace("node")
        self.node = node
        var namespaces: [String: NetworkNamespace] = [:]
        for host in hosts {
            namespaces[host.name] = try NetworkNamespace(host.name)
        }
        let wired = wiring.hosts.map { (wiring: $0, namespace: namespaces[$0.name]!) }
        self.hosts = Dictionary(uniqueKeysWithValues: wired.map { ($0.wiring.name, $0) })

        try node.configure(LabWiring.settings.merging(LabWiring.nodeSettings) { $1 })
        for host in wired {
            try host.namespace.configure(LabWiring.settings)
        }
        try node.connect(wiring.nodeLines { namespaces[$0.name]!.name })
        for host in wired {
            try host.namespace.connect(wiring.lines(for: host.wiring))
        }
        try node.awaitCables()
        try node.awaitRoutes(to: wiring.nodeAddresses)
        for host in wired {
            try host.namespace.awaitRoutes(to: host.wiring.addresses)
        }

        var listeners = try node.listeners(on: wiring.nodeAddresses, ports: servedPorts)
        for host in wired {
            listeners += try host.namespace.listeners(
                on: host.wiring.addresses, ports: servedPorts)
        }
        responder = Mutex(try Responder(listeners))
    }

    deinit {
        tearDown()
    }

    /// A prober for the lab.
    public var prober: Prober { Prober(self) }

    /// The lab's hosts and its node, hosts in the order in which they were given.
    public var endpoints: [LabEndpoint] { wiring.hosts.map { .host($0.name) } + [.node] }

    /// The addresses of a host or the node, as the system writes them.
    ///
    /// - Throws: `LabError` when the lab has no such host.
    public func addresses(of endpoint: LabEndpoint) throws(LabError) -> [String] {
        switch endpoint {
        case .node: wiring.nodeAddresses.map(\.description)
        case .host(let name): try entry(named: name).wiring.addresses.map(\.description)
        }
    }

    /// The namespace of a host.
    ///
    /// - Throws: `LabError` when the lab has no such host.
    public func host(named name: String) throws(LabError) -> NetworkNamespace {
        try entry(named: name).namespace
    }

    /// The namespace of a host or the node.
    ///
    /// - Throws: `LabError` when the lab has no such host.
    public func namespace(of endpoint: LabEndpoint) throws(LabError) -> NetworkNamespace {
        switch endpoint {
        case .node: node
        case .host(let name): try host(named: name)
        }
    }

    /// The name of the interface in the node behind which a host is.
    ///
    /// - Throws: `LabError` when the lab has no such host.
    public func interfaceName(ofHost name: String) throws(LabError) -> String {
        try entry(named: name).wiring.interface
    }

    /// Runs `body` on a thread of its own in the node's namespace and waits for its end.
    ///
    /// - Returns: what `body` returns.
    /// - Throws: what `body` throws, or `LabError` when the lab has been torn down.
    public func inNode<Value>(_ body: () throws -> Value) throws -> Value {
        try node.run(body)
    }

    /// Makes the node forget every connection, so that none outlives the policy it was made under.
    ///
    /// - Throws: `LabError` when the kernel refuses or has no connection tracking.
    public func flushConnectionTracking() throws {
        try inNode { try ConnectionTracking.flush() }
    }

    /// Stops the servers and removes all namespaces; a second time, does nothing.
    public func tearDown() {
        responder.withLock { $0 = nil }
        for namespace in hosts.values.map(\.namespace) + [node] {
            try? namespace.remove()
        }
    }

    private func entry(
        named name: String
    ) throws(LabError) -> (wiring: LabWiring.Host, namespace: NetworkNamespace) {
        guard let host = hosts[name] else {
            throw LabError(operation: "find", object: "host '\(name)'", reason: "not in this lab")
        }
        return host
    }

    /// Allows as many descriptors as the system allows at all: each probe takes a socket.
    private static func raiseDescriptorLimit() throws(LabError) {
        let resource = Int32(RLIMIT_NOFILE.rawValue)
        var limit = rlimit()
        try systemCall("getrlimit", on: "RLIMIT_NOFILE") { getrlimit(resource, &limit) }
        limit.rlim_cur = limit.rlim_max
        try systemCall("setrlimit", on: "RLIMIT_NOFILE") { setrlimit(resource, &limit) }
    }
}

extension Lab {
    /// Why no lab can be built here, or nil when one can.
    public static let obstacle: String? = {
        do {
            let trial = try Lab(hosts: [LabHost(name: "trial", addresses: ["192.0.2.1"])])
            trial.tearDown()
            return nil
        } catch {
            return "a lab needs root, network namespaces and iproute2: \(error)"
        }
    }()
}

extension NetworkNamespace {
    /// Writes kernel settings, by their path under `/proc/sys/net`; those that this kernel does not
    /// have are left out.
    ///
    /// - Throws: `LabError` when the system refuses.
    public func configure(_ settings: [String: String]) throws {
        try run {
            for (setting, value) in settings {
                let path = "/proc/sys/net/\(setting)"
                let file = open(path, O_WRONLY | O_CLOEXEC)
                if file < 0, errno == ENOENT { continue }
                try systemCall("open", on: path) { file }
                defer { close(file) }
                try systemCall("write", on: path) { Int32(write(file, value, value.utf8.count)) }
            }
        }
    }

    /// Has `ip` carry out the lines.
    ///
    /// - Throws: `LabError` when it refuses one of them.
    public func connect(_ lines: String) throws {
        try execute(["ip", "-batch", "-"], input: lines)
    }

    /// Opens servers for all protocols on every address and port.
    fileprivate func listeners(
        on addresses: [LabAddress], ports: [UInt16]
    ) throws -> [any Listener] {
        try run {
            var listeners: [any Listener] = []
            for address in addresses {
                listeners.append(try SctpListener(on: address, servedPorts: Set(ports)))
                for port in ports {
                    let place = LabSocketAddress(address, port: port)
                    listeners.append(try TcpListener(on: place))
                    listeners.append(try UdpListener(on: place))
                }
            }
            return listeners
        }
    }
}
