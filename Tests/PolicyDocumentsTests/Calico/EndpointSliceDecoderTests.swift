// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel
import Testing

@testable import PolicyDocuments

@Suite struct EndpointSliceDecoderTests {
    private func text(_ rest: String, labels: String = "{kubernetes.io/service-name: web}")
        -> String
    {
        """
        apiVersion: discovery.k8s.io/v1
        kind: EndpointSlice
        metadata: {name: web-1, namespace: shop, labels: \(labels)}
        \(rest)
        """
    }

    @Test func addressesAndPorts() {
        let decoded = decode(
            text(
                """
                addressType: IPv4
                endpoints: [{addresses: [10.0.0.1]}, {addresses: [10.0.0.2], conditions: {ready: false}}]
                ports: [{port: 80}, {port: 53, protocol: UDP, name: dns}, {name: all}]
                """))
        #expect(decoded.diagnostics == [])
        let slice = decoded.serviceSlices.first?.value
        #expect(slice?.serviceID == ServiceID(namespace: "shop", name: "web"))
        #expect(slice?.addresses.map(\.description) == ["10.0.0.1", "10.0.0.2"])
        #expect(
            slice?.ports == [
                ServicePort(transport: .tcp, number: 80), ServicePort(transport: .udp, number: 53),
            ])
    }

    @Test func slicesOfNamesAndOfNoServiceArePassedOver() {
        let names = decode(text("addressType: FQDN\nendpoints: [{addresses: [example.org]}]"))
        #expect(names.diagnostics == [] && names.serviceSlices == [])
        let free = decode(text("addressType: IPv4", labels: "{}"))
        #expect(free.diagnostics == [] && free.serviceSlices == [])
    }

    @Test(
        arguments: [
            ("endpoints: []", "addressType: is missing"),
            ("addressType: IPv5", "addressType: \"IPv5\" is not known here"),
            (
                "addressType: IPv6\nendpoints: [{addresses: [10.0.0.1]}]",
                "endpoints[0].addresses[0]: 10.0.0.1 is not of the slice's addressType"
            ),
            (
                "addressType: IPv4\nendpoints: [{addresses: [host]}]",
                "endpoints[0].addresses[0]: \"host\" is not an address"
            ),
            ("addressType: IPv4\nports: [{port: 0}]", "ports[0].port: 0 is not a port number"),
        ])
    func bad(rest: String, problem: String) {
        let decoded = decode(text(rest))
        #expect(decoded.diagnostics.map { "\($0.field ?? ""): \($0.message)" } == [problem])
        #expect(decoded.serviceSlices == [])
    }
}
