// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// The names and numbers from which worlds are drawn: so few that selectors hit, ports overlap
/// and two pods often differ in one thing only.
enum Vocabulary {
    /// A label key and the values that objects have for it.
    typealias LabelChoice = (key: String, values: [String])

    static let namespaces = ["shop", "pay", "ops", "lab", "web"]
    static let nodes = ["alpha", "beta", "gamma"]
    static let podLabels: [LabelChoice] = [
        ("app", ["api", "db", "web"]), ("canary", ["true"]), ("stage", ["prod", "test"]),
    ]
    static let namespaceLabels: [LabelChoice] = [
        ("stage", ["prod", "test"]), ("team", ["blue", "red"]),
    ]

    /// Port names; one of them stands for two protocols, and each for different numbers (S29).
    static let namedPorts: [(name: String, transport: IPProtocol, numbers: [UInt16])] = [
        ("http", .tcp, [80, 8080]), ("http", .udp, [80, 8443]), ("metrics", .tcp, [8081, 9100]),
        ("dns", .tcp, [53, 5353]), ("dns", .udp, [53, 5353]), ("signal", .sctp, [80, 3868]),
    ]
    /// The names above, and one that no pod defines.
    static let portNames = ["http", "metrics", "dns", "signal", "nobody"]
    static let portNumbers: [UInt16] = [53, 80, 443, 3868, 5353, 8080, 8081, 9100, 65535]
    /// Ranges of which many overlap, touch or contain one another.
    static let portRanges: [ClosedRange<UInt16>] = [
        1...1023, 1...65535, 53...80, 80...443, 81...90, 443...443, 1024...65535, 8000...8080,
        8080...8081, 8081...9100, 9100...9200, 65000...65535,
    ]
    static let transports: [IPProtocol] = [.tcp, .udp, .sctp]
    /// Encapsulating Security Payload: a protocol without ports.
    static let esp = IPProtocol(rawValue: 50)
}
