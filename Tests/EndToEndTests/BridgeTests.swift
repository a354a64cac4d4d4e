// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import AgentTestKit
import NetfilterKernel
import NetworkPrimitives
import PolicyTestKit
import Testing

@Suite("S51: pods on a bridge", .needsNamespaces)
struct BridgeTests {
    /// Two pods on the bridge, one that is routed to and one without a route; no one may talk to
    /// any of them.
    private static let manifests: String = {
        let pods = (BridgedPods.bridged + [BridgedPods.routed, ["203.0.113.9", "2001:db8::9"]])
            .enumerated().map { index, addresses in
                """
                apiVersion: v1
                kind: Pod
                metadata: {name: pod\(index), namespace: shop}
                spec: {nodeName: node-a, containers: []}
                status:
                  phase: Running
                  podIPs: [\(addresses.map { "{ip: \"\($0)\"}" }.joined(separator: ", "))]

                """
            }
        let others = [
            """
            apiVersion: v1
            kind: Namespace
            metadata: {name: shop}

            """,
            """
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: isolate, namespace: shop}
            spec: {podSelector: {}, policyTypes: [Ingress]}

            """,
        ]
        return (pods + others).joined(separator: "---\n")
    }()

    @Test("S51: the route to a pod leads to its bridge, its own interface, or nowhere")
    func routes() throws {
        let world = try BridgedPods("routes")
        let lookup = try world.node.run { try RouteLookup() }
        func link(_ address: String) throws -> NetworkLink? {
            try lookup.interface(toward: try #require(IPAddress(address))).flatMap {
                try lookup.link($0)
            }
        }
        for address in BridgedPods.bridged.joined() {
            #expect(try link(address) == NetworkLink(name: "cni0", kind: "bridge"))
        }
        for address in BridgedPods.routed {
            #expect(try link(address) == NetworkLink(name: "routed0", kind: "veth"))
        }
        let others = [
            "no route": ["203.0.113.9", "2001:db8::9"],
            "behind a gateway": ["10.244.9.2", "fd00:9::2"],
            "a route that refuses": ["10.244.10.2", "fd00:10::2"],
            "the node itself": ["10.244.7.1", "fd00:7::1"],
        ]
        for (what, addresses) in others {
            for address in addresses { #expect(try link(address) == nil, "\(what): \(address)") }
        }
        #expect(try lookup.link(9999) == nil)
    }

    @Test("S51: a bridge's own settings are seen")
    func ownSettings() throws {
        let world = try BridgedPods("settings")
        do {
            try world.node.execute(
                ["ip", "link", "set", "cni0", "type", "bridge", "nf_call_ip6tables", "1"])
        } catch {
            print("bridges of this kernel have no settings for br_netfilter: \(error)")
            return
        }
        let lookup = try world.node.run { try RouteLookup() }
        let number = try #require(try lookup.interface(toward: IPAddress("fd00:7::2")!))
        #expect(try lookup.link(number)?.hookedFamilies == [.ipv6])
    }

    @Test("S51: where br_netfilter is not loaded, the remedy begins with it")
    func notLoaded() throws {
        let world = try BridgedPods("absent")
        // Without the module, this setting of the bridge does nothing.
        _ = try? world.node.execute(
            ["ip", "link", "set", "cni0", "type", "bridge", "nf_call_iptables", "1"])
        let output = try world.sluice(
            "apply", input: Self.manifests, withErrors: true, hidesBridgeFilter: true)
        let text = """
            warning: policies are not enforced between pods on bridge cni0: it stands before 2 \
            governed pods here, and forwards IPv4 and IPv6 packets past the hooks of IP, because \
            br_netfilter is not loaded; to enforce them: modprobe br_netfilter; sysctl \
            net.bridge.bridge-nf-call-iptables=1 net.bridge.bridge-nf-call-ip6tables=1

            """
        #expect(output.hasPrefix(text + "changed: "), "\(output)")
        guard BridgedPods.hasBridgeFilter else { return #expect(try world.datagramPasses()) }
        print("br_netfilter is loaded or built in here: what packets do without it is left out")
    }

    @Test(
        "S51: the agent says it too, in its log and its status",
        .enabled(if: BridgedPods.hasBridgeFilter, "this kernel has no br_netfilter loaded"))
    func agent() throws {
        let world = try BridgedPods("agent")
        try world.setBridgeFilter("iptables", "ip6tables", isOn: false)
        let site = try AgentSite("agent", node: "node-a", in: world.node)
        try site.folder.replace("cluster.yaml", Self.manifests)
        let process = try site.start()
        let text = "policies are not enforced between pods on bridge cni0"
        #expect(
            site.waits(within: .seconds(20)) { process.log.contains("warning \(text)") },
            "\(process.log)")
        let status = try #require(try site.ask("/status"))
        #expect(status.body.contains(text))
        // It is no reason to keep other pods waiting.
        let ready = try site.ask("/readyz")
        #expect(ready?.code == 200)
    }

    @Test(
        "S51: the warning is there while packets between the pods pass unjudged, and only then",
        .enabled(if: BridgedPods.hasBridgeFilter, "this kernel has no br_netfilter loaded"))
    func warning() throws {
        let world = try BridgedPods("warning")
        #expect(try world.datagramPasses())

        try world.setBridgeFilter("iptables", "ip6tables", isOn: false)
        let text = """
            policies are not enforced between pods on bridge cni0: it stands before 2 governed \
            pods here, and forwards IPv4 and IPv6 packets past the hooks of IP, because \
            br_netfilter is switched off; to enforce them: sysctl \
            net.bridge.bridge-nf-call-iptables=1 net.bridge.bridge-nf-call-ip6tables=1
            """
        let applied = try world.sluice("apply", "--format", "json", input: Self.manifests)
        #expect(applied.contains("\"warnings\": [\n    \"\(text)\"\n  ]"), "\(applied)")
        let again = try world.sluice("apply", input: Self.manifests, withErrors: true)
        #expect(again.hasPrefix("warning: \(text)\nunchanged"), "\(again)")
        let difference = try world.sluice("diff", input: Self.manifests, withErrors: true)
        #expect(difference == "warning: \(text)\n")
        #expect(try world.datagramPasses())

        try world.setBridgeFilter("iptables", isOn: true)
        let ipv6 = try world.sluice("diff", input: Self.manifests, withErrors: true)
        #expect(ipv6.contains("forwards IPv6 packets"))
        #expect(ipv6.contains("sysctl net.bridge.bridge-nf-call-ip6tables=1\n"))
        #expect(try !world.datagramPasses())

        // A setting of the bridge alone does as well.
        try world.node.execute(
            ["ip", "link", "set", "cni0", "type", "bridge", "nf_call_ip6tables", "1"])
        #expect(try world.sluice("diff", input: Self.manifests, withErrors: true) == "")
        try world.setBridgeFilter("ip6tables", isOn: true)
        let quiet = try world.sluice("apply", "--format", "json", input: Self.manifests)
        #expect(quiet.contains("\"warnings\": []"), "\(quiet)")
    }
}
