// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyTestKit

/// Somebody who opens connections or is asked, under the name that the tables give it.
struct Party: Hashable {
    let name: String
    let endpoint: LabEndpoint

    /// One address of each family.
    let addresses: [String]

    /// A pod, by namespace and name.
    fileprivate init(pod name: String, _ addresses: String...) {
        self.name = name
        endpoint = .host(name)
        self.addresses = addresses
    }

    /// The world beyond the cluster, at one of its places.
    fileprivate init(outside addresses: String...) {
        name = "outside \(addresses[0])"
        endpoint = .host("outside")
        self.addresses = addresses
    }

    /// The node itself.
    fileprivate init(node name: String, _ addresses: String...) {
        self.name = name
        endpoint = .node
        self.addresses = addresses
    }
}

/// The cast; the manifests give the pods and the node the same addresses.
enum Cluster {
    static let node = Party(node: "node-a", "172.18.0.2", "fd00:18::2")

    static let devWeb = Party(pod: "dev/web", "10.244.0.11", "fd00:244::11")
    static let prodWeb = Party(pod: "prod/web", "10.244.0.21", "fd00:244::21")
    static let prodCart = Party(pod: "prod/cart", "10.244.0.22", "fd00:244::22")
    static let opsMonitor = Party(pod: "ops/monitor", "10.244.0.31", "fd00:244::31")
    static let opsBackup = Party(pod: "ops/backup", "10.244.0.32", "fd00:244::32")

    /// Inside the blocks that the second act lets in.
    static let partner = Party(outside: "203.0.113.7", "2001:db8:113::7")
    /// Inside the blocks, and inside what they except.
    static let excepted = Party(outside: "203.0.113.200", "2001:db8:113:8000::c8")
    /// In none of the blocks.
    static let stranger = Party(outside: "198.51.100.9", "2001:db8:100::9")

    private static let pods = [devWeb, prodWeb, prodCart, opsMonitor, opsBackup]
    private static let outside = [partner, excepted, stranger]

    /// The ports on which everybody answers: what does not get through was denied, not refused.
    private static let servedPorts: [UInt16] = [80, 443, 9100, 9104, 9105]

    /// Builds the cluster from namespaces.
    static func lab() throws -> Lab {
        try Lab(
            hosts: pods.map { LabHost(name: $0.name, addresses: $0.addresses) }
                + [LabHost(name: "outside", addresses: outside.flatMap(\.addresses))],
            nodeAddresses: node.addresses, servedPorts: servedPorts)
    }
}
