// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel
import PolicyTestKit
import RivalRulesets
import Testing

/// The rivals' rulesets as text, where the shape is the point.
struct RivalTextTests {
    private static let server = Endpoint(
        id: EndpointID(namespace: "shop", name: "server"), labels: ["app": "server"],
        node: "node-a", addresses: [.ipv4(0x0a00_0005)])

    private static func policy(_ name: String, _ rules: [Rule]) -> Policy {
        Policy(
            id: PolicyID(kind: "NetworkPolicy", namespace: "shop", name: name), order: 1000,
            subject: EndpointSelector(
                namespaces: .named("shop"), labels: .isOneOf(key: "app", values: ["server"])),
            ingress: rules)
    }

    private static func node(_ policies: [Policy]) -> RivalNode {
        let peers = ["10.0.0.9", "10.0.0.10"].enumerated().map { number, address in
            Endpoint(
                id: EndpointID(namespace: "shop", name: "web-\(number)"), labels: ["app": "web"],
                node: "node-b", addresses: [IPAddress(address)!])
        }
        let state = ClusterState(
            namespaces: [Namespace(name: "shop")], endpoints: [server] + peers,
            policies: policies)
        return RivalNode(state, node: "node-a", prefix: "cali") {
            $0 == server.id ? "cali0" : nil
        }
    }

    private static func group(_ app: String) -> Peer {
        .endpoints(
            EndpointSelector(
                namespaces: .named("shop"), labels: .isOneOf(key: "app", values: [app])))
    }

    /// The lines of one object, without the braces around them.
    private static func lines(_ object: String, of text: String) -> [String] {
        let lines = text.split(separator: "\n").map { $0.drop { $0 == "\t" } }
        // A chain is declared empty first.
        guard let start = lines.lastIndex(of: "\(object) {") else { return [] }
        return lines[(start + 1)...].prefix { $0 != "}" }.map(String.init)
    }

    @Test("A policy's chain asks for protocol, address and port in this order, and acts by a mark")
    func policyChain() throws {
        let rule = Rule(
            .allow, peers: .only([Self.group("web")]), ports: .only([.numbers(.tcp, 80...80)]))
        let text = try FelixRuleset(Self.node([Self.policy("one", [rule])]), .ipv4, .filter).text()
        #expect(
            Self.lines("chain ingress-policy-0", of: text) == [
                "meta l4proto tcp ip saddr @selector-0 tcp dport 80 "
                    + "counter meta mark set meta mark | 0x10000",
                "meta mark & 0x10000 == 0x10000 counter return",
            ])
        #expect(
            Self.lines("set selector-0", of: text) == [
                "type ipv4_addr", "flags interval", "elements = { 10.0.0.9, 10.0.0.10 }",
            ])
    }

    @Test("An endpoint's chain tracks connections, asks its tiers, and ends in a profile")
    func endpointChain() throws {
        let text = try FelixRuleset(Self.node([Self.policy("one", [])]), .ipv4, .filter).text()
        #expect(
            Self.lines("chain to-endpoint-0", of: text) == [
                "ct state established,related counter accept", "ct state invalid counter drop",
                "counter meta mark set meta mark & 0xfffeffff",
                "counter meta mark set meta mark & 0xfffdffff",
                "meta mark & 0x20000 == 0 counter jump ingress-policy-0",
                "meta mark & 0x10000 == 0x10000 counter return",
                "meta mark & 0x20000 == 0 counter drop",
                "counter jump profile-shop", "meta mark & 0x10000 == 0x10000 counter return",
                "counter drop",
            ])
        #expect(
            Self.lines("map by-interface-to", of: text) == [
                "type ifname : verdict", "elements = { \"cali0\" : goto to-endpoint-0 }",
            ])
    }

    @Test("Successive policies of one selector share a chain that looks at marks every five jumps")
    func group() throws {
        let policies = (0..<7).map { Self.policy("policy-\($0)", []) }
        let text = try FelixRuleset(Self.node(policies), .ipv4, .filter).text()
        let skip = "meta mark & 0x30000 == 0 counter jump ingress-policy-"
        #expect(
            Self.lines("chain ingress-group-0", of: text) == [
                "counter jump ingress-policy-0", skip + "1", skip + "2", skip + "3", skip + "4",
                "meta mark & 0x30000 != 0 counter return", "counter jump ingress-policy-5",
                skip + "6",
            ])
    }

    @Test("A rule has as many rules as peers; several exceptions of a block go through a mark")
    func blocks() throws {
        let block = CIDR("10.1.0.0/16")!
        let exceptions = [CIDR("10.1.1.0/24")!, CIDR("10.1.2.0/24")!]
        let rule = Rule(
            .deny,
            peers: .only([
                .network(block, except: []), .network(block, except: exceptions),
            ]))
        let text = try FelixRuleset(Self.node([Self.policy("one", [rule])]), .ipv4, .filter).text()
        let act = "counter meta mark set meta mark | 0x80000"
        let drop = "meta mark & 0x80000 == 0x80000 counter drop"
        #expect(
            Self.lines("chain ingress-policy-0", of: text) == [
                "ip saddr 10.1.0.0/16 \(act)", drop,
                "counter meta mark set meta mark | 0x100000",
                "ip saddr 10.1.1.0/24 counter meta mark set meta mark & 0xffefffff",
                "ip saddr 10.1.2.0/24 counter meta mark set meta mark & 0xffefffff",
                "meta mark & 0x100000 == 0x100000 ip saddr 10.1.0.0/16 \(act)", drop,
            ])
    }

    @Test("The flat ruleset has one rule for each policy, the port before a plain set of all peers")
    func flat() throws {
        let rule = Rule(
            .allow, peers: .only([Self.group("web"), Self.group("server")]),
            ports: .only([.numbers(.tcp, 80...80), .numbers(.tcp, 90...99)]))
        let text = try FlatRuleset(Self.node([Self.policy("one", [rule])]), .ipv4).text()
        #expect(
            Self.lines("chain tier-0", of: text) == [
                "meta l4proto tcp tcp dport { 80, 90-99 } ip saddr @peers-0 accept", "drop",
            ])
        #expect(
            Self.lines("set peers-0", of: text) == [
                "type ipv4_addr", "elements = { 10.0.0.5, 10.0.0.9, 10.0.0.10 }",
            ])
    }

    @Test("What a generator cannot say is an error")
    func unsupported() {
        let node = Self.node([
            Self.policy("one", [Rule(.allow, ports: .only([.named(.tcp, "http")]))])
        ])
        #expect(throws: UnsupportedPolicy.self) { try FelixRuleset(node, .ipv4, .filter).text() }
        #expect(throws: UnsupportedPolicy.self) { try FlatRuleset(node, .ipv4).text() }
    }
}
