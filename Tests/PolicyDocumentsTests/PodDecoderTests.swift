// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel
import Testing

@testable import PolicyDocuments

struct PodDecoderTests {
    private func text(_ rest: String) -> String {
        "apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop}\n\(rest)\n"
    }

    private func pod(_ rest: String) throws -> Endpoint {
        let decoded = decode(text(rest))
        #expect(decoded.diagnostics == [])
        return try #require(decoded.endpoints.first).value
    }

    @Test("S21, S27: a whole pod: terminating pods count, and so does each number of a port name")
    func aWholePod() throws {
        let decoded = decode(
            """
            apiVersion: v1
            kind: Pod
            metadata:
              name: web-1
              namespace: shop
              labels: {app: web}
              creationTimestamp: 2024-03-01T10:00:00Z
              deletionTimestamp: "2024-03-02T10:00:00Z"
              annotations: {anything: [goes]}
            spec:
              nodeName: worker
              containers:
              - name: web
                ports:
                - {name: http, containerPort: 8080}
                - {containerPort: 1}
                - {name: dns, containerPort: 53, protocol: UDP}
              initContainers:
              - ports: [{name: once, containerPort: 7}]
              - {restartPolicy: Always, ports: [{name: http, containerPort: 9}, {name: side, containerPort: 8}]}
            status:
              phase: Running
              podIP: 10.0.0.1
              podIPs: [{ip: 10.0.0.1}, {ip: "fd00::1"}]
            """)
        #expect(decoded.diagnostics.isEmpty)
        #expect(
            decoded.endpoints.map(\.value) == [
                Endpoint(
                    id: EndpointID(namespace: "shop", name: "web-1"), labels: ["app": "web"],
                    node: "worker",
                    addresses: [IPAddress("10.0.0.1"), IPAddress("fd00::1")].compactMap(\.self),
                    namedPorts: [
                        NamedPort(name: "http", transport: .tcp, number: 8080),
                        NamedPort(name: "dns", transport: .udp, number: 53),
                        NamedPort(name: "http", transport: .tcp, number: 9),
                        NamedPort(name: "side", transport: .tcp, number: 8),
                    ], created: 1_709_287_200)
            ])
    }

    @Test(
        "S12: a pod without an address yet is fine",
        arguments: [
            "", "status: {}", "status: {podIP: ''}", "status: {podIPs: []}",
            "status: {podIPs: [{}]}",
            "spec: ~\nstatus: ~", "status: {podIPs: ~, podIP: ~}",
        ])
    func noAddressYet(_ rest: String) throws {
        #expect(try pod(rest).addresses.isEmpty)
    }

    @Test func podIPServesWherePodIPsIsMissing() throws {
        #expect(try pod("status: {podIP: 10.0.0.1}").addresses == [.ipv4(0x0A00_0001)])
        #expect(
            try pod("status: {podIPs: [{ip: 10.0.0.2}]}").addresses == [.ipv4(0x0A00_0002)])
    }

    @Test func podIPCountsWherePodIPsDiffers() {
        let decoded = decode(text("status: {podIP: 10.0.0.1, podIPs: [{ip: 10.0.0.2}]}"))
        #expect(decoded.endpoints.first?.value.addresses == [.ipv4(0x0A00_0001)])
        #expect(
            decoded.diagnostics.map(\.message) == ["differs from status.podIP, which counts"])
    }

    @Test(
        "S19: finished pods",
        arguments: [
            ("Succeeded", true), ("Failed", true), ("Running", false), ("Pending", false),
            ("Unknown", false),
        ])
    func finished(_ phase: String, _ isFinished: Bool) throws {
        #expect(try pod("status: {phase: \(phase)}").isFinished == isFinished)
    }

    @Test("S14: host network", arguments: [("yes", true), ("false", false), ("", false)])
    func hostNetwork(_ value: String, _ expected: Bool) throws {
        #expect(try pod("spec: {hostNetwork: \(value)}").usesHostNetwork == expected)
    }

    @Test(arguments: [
        ("status: {podIP: 10.0.0.256}", "status.podIP: \"10.0.0.256\" is not an address"),
        ("status: {podIP: 10.0.0.01}", "status.podIP: \"10.0.0.01\" is not an address"),
        (
            "status: {podIPs: [{ip: '::ffff:10.0.0.1'}]}",
            "status.podIPs[0].ip: \"::ffff:10.0.0.1\" is not an address"
        ),
        (
            "status: {podIPs: [{ip: 10.0.0.1}, {ip: 10.0.0.2}]}",
            "status.podIPs[1].ip: 10.0.0.2 is the pod's second address of its family"
        ),
        ("status: {podIPs: {}}", "status.podIPs: is a mapping, not a list"),
        ("status: [a]", "status: is a list, not a mapping"),
        ("spec: {hostNetwork: 'true'}", "spec.hostNetwork: is text, not a boolean"),
        ("spec: {nodeName: 1}", "spec.nodeName: is a number, not text"),
        (
            "spec: {containers: [{ports: [{name: a}]}]}",
            "spec.containers[0].ports[0].containerPort: is missing"
        ),
        (
            "spec: {containers: [{ports: [{name: a, containerPort: 0}]}]}",
            "spec.containers[0].ports[0].containerPort: 0 is not a port number"
        ),
        (
            "spec: {containers: [{ports: [{name: A, containerPort: 1}]}]}",
            "spec.containers[0].ports[0].name: \"A\" is not a port's name"
        ),
        (
            "spec: {containers: [{ports: [{name: a, containerPort: 1, protocol: udp}]}]}",
            "spec.containers[0].ports[0].protocol: \"udp\" is not a protocol"
        ),
    ])
    func wrongValuesAreErrors(_ rest: String, _ problem: String) {
        let decoded = decode(text(rest))
        #expect(decoded.diagnostics.map { "\($0.field ?? ""): \($0.message)" } == [problem])
        #expect(decoded.diagnostics.map(\.object) == ["Pod shop/web"])
        #expect(decoded.endpoints.isEmpty)
    }

    @Test func everyAddressIsChecked() {
        let decoded = decode(text("status: {podIP: 10.0.0.1, podIPs: [{ip: 10.0.0.1/32}]}"))
        #expect(decoded.diagnostics.map(\.field) == ["status.podIPs[0].ip"])
        #expect(decoded.endpoints.isEmpty)
    }

    @Test func unknownFieldsMakeNoNoise() throws {
        #expect(try pod("spec: {nodename: a, future: [1]}\nstatus: {new: {}}\nmore: 1").node == nil)
    }
}
