// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel
import Testing

@testable import PolicyDocuments

struct NodeDecoderTests {
    @Test func addressesOfANode() {
        let decoded = decode(
            """
            apiVersion: v1
            kind: Node
            metadata: {name: worker.example.com}
            status:
              addresses:
              - {type: InternalIP, address: 192.168.0.1}
              - {type: InternalIP, address: "fd00::1"}
              - {type: ExternalIP, address: 203.0.113.1}
              - {type: ExternalIP, address: 192.168.0.1}
              - {type: Hostname, address: worker}
              - {type: InternalDNS, address: worker.local}
            """)
        #expect(decoded.diagnostics.isEmpty)
        #expect(
            decoded.nodes.first?.value.addresses.map(\.description)
                == ["192.168.0.1", "fd00::1", "203.0.113.1"])
    }

    @Test("S56: a node's labels are those of its metadata")
    func labels() {
        let decoded = decode(
            "{apiVersion: v1, kind: Node, metadata: {name: a, labels: {role: gateway}}}")
        #expect(decoded.diagnostics == [])
        #expect(decoded.nodes.map(\.value.labels) == [["role": "gateway"]])
    }

    @Test func aMalformedAddressIsAnError() {
        let decoded = decode(
            """
            apiVersion: v1
            kind: Node
            metadata: {name: worker}
            status: {addresses: [{type: InternalIP, address: worker}]}
            """)
        #expect(decoded.nodes.isEmpty)
        #expect(decoded.diagnostics.map(\.field) == ["status.addresses[0].address"])
    }
}
