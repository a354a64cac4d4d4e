// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// How a lab is put together: the lines for `ip -batch` and the kernel settings, as text.
///
/// Each host has one interface, `eth0`, whose other end is in the node. The host sends everything
/// to a gateway that exists in its neighbour table only; the node has one route for each address
/// of the host. Nobody needs to ask for anybody's hardware address.
struct LabWiring {
    /// A host with its addresses read and its place among the hosts.
    struct Host {
        let name: String
        let addresses: [LabAddress]
        let index: Int

        /// The node's end of the host's cable.
        var interface: String { "veth\(index)" }

        /// The hardware address of the host's end.
        var hostHardware: String { hardware(end: 0x01) }

        /// The hardware address of the node's end.
        var nodeHardware: String { hardware(end: 0x02) }

        private func hardware(end: Int) -> String {
            let parts = [0x02, 0x00, 0x5e, end, index >> 8 & 0xff, index & 0xff]
            let digits = parts.map { part in
                let digits = String(part, radix: 16)
                return digits.count == 1 ? "0" + digits : digits
            }
            return digits.joined(separator: ":")
        }
    }

    let hosts: [Host]
    let nodeAddresses: [LabAddress]

    /// The gateways of every host; they exist in its neighbour table only.
    private static let gateways = ["169.254.1.1", "fe80::1"]

    /// Settings for host and node alike, by their path under `/proc/sys/net`: addresses and links
    /// are usable at once, and errors and echoes are answered however many there are.
    static let settings = [
        "ipv4/conf/all/rp_filter": "0",
        "ipv4/conf/default/rp_filter": "0",
        "ipv4/icmp_ratelimit": "0",
        "ipv4/icmp_msgs_per_sec": "1000000",
        "ipv4/icmp_msgs_burst": "1000000",
        "ipv6/icmp/ratelimit": "0",
        "ipv6/conf/all/accept_dad": "0",
        "ipv6/conf/default/accept_dad": "0",
        "ipv6/conf/default/dad_transmits": "0",
        "ipv6/conf/default/accept_ra": "0",
        "ipv6/conf/default/router_solicitations": "0",
    ]

    /// Settings for the node on top of those: it forwards.
    static let nodeSettings = [
        "ipv4/ip_forward": "1",
        "ipv6/conf/all/forwarding": "1",
    ]

    /// The lines for the node, cables to all the hosts included.
    ///
    /// - Parameter namespace: the name of each host's namespace.
    func nodeLines(namespace: (Host) -> String) -> String {
        var lines = ["link set lo up"]
        lines += nodeAddresses.map { Self.assign($0, to: "lo") }
        for host in hosts {
            lines += [
                "link add \(host.interface) address \(host.nodeHardware) type veth "
                    + "peer name eth0 address \(host.hostHardware) netns \(namespace(host))",
                "link set \(host.interface) up",
            ]
            for address in host.addresses {
                lines += [
                    "route add \(address.route) dev \(host.interface)",
                    "neighbor replace \(address) lladdr \(host.hostHardware) "
                        + "dev \(host.interface) nud permanent",
                ]
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// The lines for one host, after those for the node.
    func lines(for host: Host) -> String {
        var lines = ["link set lo up", "link set eth0 up"]
        lines += host.addresses.map { Self.assign($0, to: "eth0") }
        for gateway in Self.gateways {
            lines += [
                "neighbor replace \(gateway) lladdr \(host.nodeHardware) dev eth0 nud permanent",
                "route add default via \(gateway) dev eth0 onlink",
            ]
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func assign(_ address: LabAddress, to interface: String) -> String {
        let line = "address add \(address.route) dev \(interface)"
        return address.family == .v6 ? line + " nodad" : line
    }
}

extension LabWiring {
    /// Reads the addresses of hosts and node.
    ///
    /// - Throws: `LabError` when an address cannot be read, or a name or address is there twice.
    init(hosts: [LabHost], nodeAddresses: [String]) throws(LabError) {
        var read: [Host] = []
        var names: Set<String> = []
        var addresses: Set<LabAddress> = []
        func unique(_ text: String) throws(LabError) -> LabAddress {
            let address = try LabAddress(text)
            guard addresses.insert(address).inserted else {
                throw LabError(operation: "wire", object: text, reason: "address is there twice")
            }
            return address
        }
        for (index, host) in hosts.enumerated() {
            guard names.insert(host.name).inserted else {
                throw LabError(operation: "wire", object: host.name, reason: "name is there twice")
            }
            var own: [LabAddress] = []
            for text in host.addresses {
                own.append(try unique(text))
            }
            read.append(Host(name: host.name, addresses: own, index: index))
        }
        var own: [LabAddress] = []
        for text in nodeAddresses {
            own.append(try unique(text))
        }
        self.init(hosts: read, nodeAddresses: own)
    }
}
