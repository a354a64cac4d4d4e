// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetfilterKernel
import NetworkPrimitives
import NftablesModel
import PolicyModel
import PolicyVerification
import Testing

/// Rulesets that somebody wrote by hand for what Calico's rules ask, judged as the kernel has them.
@Suite(.needsNamespaces) struct HandwrittenRulesetTests {
    @Test func rulesetThatDoesWhatThePoliciesSayIsProved() throws {
        let report = try report(on: Self.ruleset)
        #expect(report.outcome == .proved, "\(report)")
    }

    @Test("A ruleset that differs in one detail is found out", arguments: spoilt)
    func isDifferent(change: (from: String, to: String)) throws {
        try #require(Self.ruleset.contains(change.from))
        let report = try report(
            on: Self.ruleset.replacing(change.from, with: change.to, maxReplacements: 1))
        #expect(report.outcome == .different, "\(report)")
    }

    private static let spoilt: [(from: String, to: String)] = [
        ("th sport 1000-2000", "th sport 1000-1999"),
        ("th sport != 1500 ", ""),
        ("ip saddr != 10.0.0.0/30 ", ""),
        ("ip saddr != @fronts ", ""),
        ("ip saddr @partners ", ""),
        ("icmp . 2048 : accept", "icmp . 2049 : accept"),
        ("icmp . 768-1023 : drop", "icmp . 768-1022 : drop"),
        ("icmp . 768-1023 : drop", "icmp . 768-1024 : drop"),
        ("@th,0,16 0x0d00 ", "@th,0,16 0x0d01 "),
        ("10.0.0.7 . tcp . 8443", "10.0.0.7 . tcp . 8444"),
        ("reject\n", "accept\n"),
    ]

    private func report(on ruleset: String) throws -> VerificationReport {
        let place = try TestNamespace("handwritten")
        try place.nft(ruleset)
        return Verification(Self.state, localNode: "alpha").verify(try place.table())
    }

    private static let ruleset = """
        table inet sluice {
          set partners {
            type ipv4_addr; flags interval
            elements = { 10.0.0.0/24, 203.0.113.0/24 }
          }
          set fronts { type ipv4_addr; elements = { 10.0.0.2 }; }
          set back {
            type ipv4_addr . inet_proto . inet_service
            elements = { 10.0.0.7 . tcp . 8443, 10.0.0.8 . tcp . 8443 }
          }
          map messages {
            type inet_proto . inet_service : verdict; flags interval
            elements = { icmp . 2048 : accept, icmp . 768-1023 : drop }
          }
          chain web {
            meta l4proto tcp th sport 1000-2000 th sport != 1500 ip saddr 10.0.0.0/8 ip saddr != 10.0.0.0/30 reject
            meta l4proto . th sport vmap @messages
            meta l4proto icmp @th,0,16 0x0d00 ip saddr != @partners accept
            ip saddr @partners ip saddr != @fronts tcp dport 80 accept
            ip saddr 10.0.0.1 accept
            reject
          }
          chain from-web {
            ip daddr . meta l4proto . th dport @back return
            ip daddr 10.0.0.1 return
            reject
          }
          chain judge {
            ct state established,related accept
            fib saddr type local accept
            ip saddr 192.168.0.10 accept
            ip daddr 192.168.0.10 accept
            ip saddr 10.0.0.1 jump from-web
            meta nfproto ipv4 ip daddr 10.0.0.1 goto web
          }
          chain forward { type filter hook forward priority 0; policy accept; jump judge; }
          chain output { type filter hook output priority 0; policy accept; jump judge; }
        }
        """

    /// One pod that a policy of Calico's kind governs.
    private static let state: ClusterState = {
        func endpoints(_ key: String, _ value: String) -> EndpointSelector {
            EndpointSelector(
                namespaces: .any, labels: .isOneOf(key: key, values: [value]), reach: .everything)
        }
        func pod(_ app: String, _ address: String) -> Endpoint {
            Endpoint(
                id: EndpointID(namespace: "shop", name: app), labels: ["app": app], node: "alpha",
                addresses: [IPAddress(address)!])
        }
        let partners = endpoints("role", "partner")
        let suspicious = Rule(
            .deny,
            peers: .only([
                .addresses(
                    AddressMatch(nets: [CIDR("10.0.0.0/8")!], notNets: [CIDR("10.0.0.0/30")!]))
            ]),
            ports: .only([.every(.tcp)]),
            conditions: RuleConditions(
                family: .ipv4, sourcePorts: .only([.numbers(.tcp, 1000...2000)]),
                exceptSourcePorts: [.numbers(.tcp, 1500...1500)]))
        let policy = Policy(
            id: PolicyID(kind: "GlobalNetworkPolicy", namespace: nil, name: "web"), order: 1000,
            subject: endpoints("app", "web"),
            ingress: [
                suspicious,
                Rule(.allow, ports: .only([.icmp(.icmp, type: 8, code: 0)])),
                Rule(.deny, ports: .only([.icmp(.icmp, type: 3, code: nil)])),
                Rule(
                    .allow, peers: .only([.addresses(AddressMatch(notSelector: partners))]),
                    ports: .only([.icmp(.icmp, type: 13, code: 0)])),
                Rule(
                    .allow,
                    peers: .only([
                        .addresses(
                            AddressMatch(selector: partners, notSelector: endpoints("app", "front"))
                        )
                    ]), ports: .only([.numbers(.tcp, 80...80)])),
            ],
            egress: [
                Rule(.allow, peers: .only([.service(ServiceID(namespace: "shop", name: "back"))]))
            ])
        return ClusterState(
            namespaces: [Namespace(name: "shop")],
            nodes: [Node(name: "alpha", addresses: [IPAddress("192.168.0.10")!])],
            endpoints: [pod("web", "10.0.0.1"), pod("front", "10.0.0.2")], policies: [policy],
            networkSets: [
                NetworkSet(
                    id: NetworkSetID(namespace: nil, name: "partners"), labels: ["role": "partner"],
                    blocks: [CIDR("10.0.0.0/24")!, CIDR("203.0.113.0/24")!])
            ],
            serviceSlices: [
                ServiceSlice(
                    id: ServiceSliceID(namespace: "shop", name: "back-1"), service: "back",
                    addresses: [IPAddress("10.0.0.7")!, IPAddress("10.0.0.8")!],
                    ports: [ServicePort(transport: .tcp, number: 8443)])
            ])
    }()
}
