// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel
import PolicyTestKit
import Testing

@Suite("Manifest printer")
struct ManifestPrinterTests {
    @Test("Every object of every world of the Kubernetes style is one document")
    func documents() {
        for seed in UInt64(0)..<100 {
            let world = WorldGenerator(seed: seed).world()
            let text = ManifestPrinter.print(world)
            let count = text.split(separator: "\n").filter { $0 == "---" }.count
            let objects =
                world.namespaces.count + world.nodes.count + world.endpoints.count
                + world.policies.count
            #expect(count == objects, "seed \(seed)")
        }
    }

    @Test("A pod: its node, containers, phase and addresses")
    func pod() {
        let pod = Endpoint(
            id: EndpointID(namespace: "shop", name: "web"), labels: ["app": "web", "on": "y"],
            node: "alpha", addresses: [IPAddress("10.0.0.1")!, IPAddress("fd00::1")!],
            namedPorts: [
                NamedPort(name: "http", transport: .tcp, number: 80),
                NamedPort(name: "http", transport: .udp, number: 443),
            ], created: 1_709_210_096)
        #expect(
            ManifestPrinter.print(ClusterState(endpoints: [pod])) == """
                ---
                apiVersion: v1
                kind: Pod
                metadata:
                  name: "web"
                  namespace: "shop"
                  labels:
                    app: "web"
                    "on": "y"
                  creationTimestamp: "2024-02-29T12:34:56Z"
                spec:
                  nodeName: "alpha"
                  containers:
                  - name: "container-0"
                    image: "registry.example/image"
                    ports:
                    - name: "http"
                      protocol: "TCP"
                      containerPort: 80
                  - name: "container-1"
                    image: "registry.example/image"
                    ports:
                    - name: "http"
                      protocol: "UDP"
                      containerPort: 443
                status:
                  phase: "Running"
                  podIP: "10.0.0.1"
                  podIPs:
                  - ip: "10.0.0.1"
                  - ip: "fd00::1"

                """)
    }

    @Test("A policy: peers, ports, selectors and policyTypes")
    func policy() {
        let policy = networkPolicy(
            for: .all([app("web"), .isOneOf(key: "stage", values: ["prod"]), .has("canary")]),
            ingress: [
                .allowAnyone(),
                .allow(
                    .pods(.named("shop"), .not(.isOneOf(key: "app", values: ["a", "b"]))),
                    .pods(.any), .pods(.team("red"), app("db")),
                    .block("10.0.0.0/8", except: "10.1.0.0/16"),
                    ports: .only([
                        .every(.sctp), .numbers(.tcp, 80...80), .numbers(.udp, 80...90),
                        .named(.tcp, "http"),
                    ])),
            ], egress: [])
        #expect(
            ManifestPrinter.print(ClusterState(policies: [policy])) == """
                ---
                apiVersion: networking.k8s.io/v1
                kind: NetworkPolicy
                metadata:
                  name: "policy"
                  namespace: "shop"
                spec:
                  podSelector:
                    matchLabels:
                      app: "web"
                      stage: "prod"
                    matchExpressions:
                    - key: "canary"
                      operator: Exists
                  policyTypes: [Ingress, Egress]
                  ingress:
                  - {}
                  - from:
                    - podSelector:
                        matchExpressions:
                        - key: "app"
                          operator: NotIn
                          values: ["a", "b"]
                    - namespaceSelector: {}
                    - namespaceSelector:
                        matchLabels:
                          team: "red"
                      podSelector:
                        matchLabels:
                          app: "db"
                    - ipBlock:
                        cidr: "10.0.0.0/8"
                        except: ["10.1.0.0/16"]
                    ports:
                    - protocol: "SCTP"
                    - protocol: "TCP"
                      port: 80
                    - protocol: "UDP"
                      port: 80
                      endPort: 90
                    - protocol: "TCP"
                      port: "http"
                  egress: []

                """)
    }
}
