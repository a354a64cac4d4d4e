// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel
import Testing

@testable import PolicyDocuments

@Suite struct CalicoMutationTests {
    private static let seeds = [
        calicoText(
            "NetworkPolicy", namespace: "shop",
            spec:
                "{tier: t, order: 1, selector: \"a == 'b' && !has(c)\", types: [Ingress, Egress], "
                + "ingress: [{action: Allow, protocol: TCP, source: {nets: [10.0.0.0/8], "
                + "notSelector: has(x)}, destination: {ports: [80, \"1:2\", http]}}], "
                + "egress: [{action: Deny, protocol: ICMP, icmp: {type: 8, code: 0}, "
                + "destination: {namespaceSelector: global()}}]}"),
        calicoText(
            "HostEndpoint", spec: "{node: a, interfaceName: \"*\", expectedIPs: [10.0.0.1]}"),
        calicoText(
            "FelixConfiguration", "default",
            spec: "{failsafeInboundHostPorts: [{protocol: TCP, port: 22, net: 10.0.0.0/8}]}"),
        calicoText("StagedGlobalNetworkPolicy", spec: "{stagedAction: Delete}"),
    ]

    @Test(
        "Whatever a text becomes, decoding ends, and an object with an error is no value",
        arguments: UInt64(0)..<8)
    func mutations(seed: UInt64) {
        let pieces = [
            "{", "}", "[", "]", ":", ",", "null", "-1", "'", "\"", " ", "\n", "~", "99999999999",
            "::/0", "&a", "*a", "é", "\u{0}", "action", "!!int",
        ].map { Array($0.utf8) }
        var random = SplitMix(state: seed)
        for text in Self.seeds {
            for _ in 0..<50 {
                var bytes = Array(text.utf8)
                for _ in 0..<Int.random(in: 1...3, using: &random) {
                    let start = Int.random(in: 0..<bytes.count, using: &random)
                    let length = Int.random(in: 0...min(8, bytes.count - start - 1), using: &random)
                    bytes.replaceSubrange(
                        start..<(start + length), with: pieces.randomElement(using: &random) ?? [])
                }
                let decoded = DocumentDecoder().decode([Source(name: "x.yaml", bytes: bytes)])
                if decoded.hasErrors {
                    #expect(decoded.objectTotal == 0, "seed \(seed)")
                }
                _ = ClusterAssembly(decoded)
            }
        }
    }
}
