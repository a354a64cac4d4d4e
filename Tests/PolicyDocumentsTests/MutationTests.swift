// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Testing

@testable import PolicyDocuments

/// Whatever is done to a manifest, the answer is a value or a diagnostic, never a crash.
struct MutationTests {
    private static let manifests = [
        policyText(
            spec: """
                podSelector: &all {matchLabels: {app: "web"}}
                policyTypes: [Ingress, Egress]
                ingress:
                - from:
                  - podSelector: *all
                    namespaceSelector: {}
                  - ipBlock: {cidr: 10.0.0.0/8, except: ["10.1.0.0/16"]}
                  ports: [{port: 80, endPort: 90}, {protocol: UDP, port: dns}]
                """),
        """
        {"apiVersion": "v1", "kind": "List", "items": [
          {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a", "labels": {"a\\u00e9": "b"},
            "creationTimestamp": "2024-03-01T10:00:00Z"}, "spec": {"nodeName": "n", "containers": [
            {"ports": [{"name": "http", "containerPort": 8080}]}]},
            "status": {"phase": "Running", "podIPs": [{"ip": "10.0.0.1"}, {"ip": "fd00::1"}]}},
          {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n"}, "status": {"addresses": [
            {"type": "InternalIP", "address": "192.168.0.1"}]}}]}
        """,
    ]

    private static let insertions = [
        "---\n", "...\n", "<<: ", "*all", "&all ", "? ", "- ", "[", "]", "{", "}", ":", ": ", ",",
        "\"", "'", "\\", "\\u", "\n", "\t", "~", "null", "yes", "-1", "1e9", "!!int ", "!!binary ",
        "|\n", ">\n", "#", "%YAML 9\n", "\0", "\u{FEFF}", "\u{85}", "\u{2028}", "\r",
    ]

    @Test(arguments: 0..<40)
    func mutatedManifestsNeverCrash(_ seed: Int) {
        var random = SplitMix(state: UInt64(seed))
        for round in 0..<25 {
            var bytes = Array(Self.manifests[(seed + round) % Self.manifests.count].utf8)
            for _ in 0...Int.random(in: 0..<6, using: &random) {
                Self.mutate(&bytes, &random)
            }
            let names = ["x.yaml", "x.json", "<stdin>"]
            let source = Source(name: names[round % names.count], bytes: bytes)
            let decoded = DocumentDecoder().decode([source])
            for diagnostic in decoded.diagnostics {
                #expect(!diagnostic.description.contains("\n"), "seed \(seed)")
                #expect(diagnostic.origin.line >= 1, "seed \(seed)")
            }
            _ = ClusterAssembly(decoded)
        }
    }

    private static func mutate(_ bytes: inout [UInt8], _ random: inout SplitMix) {
        let at = Int.random(in: 0...bytes.count, using: &random)
        let end = min(bytes.count, at + Int.random(in: 0..<20, using: &random))
        switch Int.random(in: 0..<5, using: &random) {
        case 0: bytes.removeSubrange(at..<end)
        case 1: bytes.insert(contentsOf: insertions.randomElement(using: &random)!.utf8, at: at)
        case 2: bytes.insert(contentsOf: Array(bytes[at..<end]), at: at)
        case 3 where at < bytes.count: bytes[at] = UInt8.random(in: 0...255, using: &random)
        default: bytes.removeSubrange(end...)
        }
    }
}

/// A small generator whose numbers depend on its seed alone (Steele, Lea, Flood: SplitMix64).
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}
