// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel
import Testing

/// What cluster-wide policies do to packets, by the reference evaluator and by the ruleset.
@Suite struct ClusterPolicyBehaviourTests {
    private typealias Pod = PolicedCluster

    private static func ingress(_ action: String, from peers: String) -> String {
        "ingress: [{action: \(action), from: [\(peers)]}]"
    }

    private static func egress(_ action: String, to peers: String) -> String {
        "egress: [{action: \(action), to: [\(peers)]}]"
    }

    private static let everyPod = "{namespaces: {}}"
    private static let shop = "{namespaces: {matchLabels: {team: shop}}}"
    private static let web =
        "{pods: {namespaceSelector: {}, podSelector: {matchLabels: {app: web}}}}"

    @Test("S52: the lower priority is asked first, whatever the names and the order of the text")
    func priorities() throws {
        for (accept, deny) in [(0, 1000), (1000, 0), (9, 10), (10, 9)] {
            let cluster = try PolicedCluster(
                clusterNetworkPolicy("b", priority: deny, Self.ingress("Deny", from: Self.shop))
                    + clusterNetworkPolicy(
                        "a", priority: accept, Self.ingress("Accept", from: Self.web)))
            #expect(try cluster.allows(Pod.web, Pod.vault) == (accept < deny))
            #expect(try !cluster.allows(Pod.api, Pod.vault))
        }
    }

    @Test("S52: equal priorities are asked by name")
    func equalPriorities() throws {
        for (accept, deny) in [("a", "b"), ("b", "a")] {
            let cluster = try PolicedCluster(
                clusterNetworkPolicy(deny, Self.ingress("Deny", from: Self.shop))
                    + clusterNetworkPolicy(accept, Self.ingress("Accept", from: Self.shop)))
            #expect(try cluster.allows(Pod.web, Pod.vault) == (accept == "a"))
        }
    }

    @Test("S52: Admin decides before NetworkPolicies, which decide before Baseline")
    func tiers() throws {
        let allowing = bankPolicy("ingress: [{}]")
        let isolating = bankPolicy("ingress: []")
        let cases = [
            ("Admin", "Deny", allowing, false), ("Admin", "Accept", isolating, true),
            ("Baseline", "Deny", allowing, true), ("Baseline", "Accept", isolating, false),
            ("Baseline", "Deny", "", false), ("Baseline", "Accept", "", true),
        ]
        for (tier, action, networkPolicy, isAllowed) in cases {
            let cluster = try PolicedCluster(
                clusterNetworkPolicy("p", tier: tier, Self.ingress(action, from: Self.shop))
                    + networkPolicy)
            #expect(try cluster.allows(Pod.web, Pod.vault) == isAllowed, "\(tier) \(action)")
        }
    }

    @Test("S53: Pass leaves the tier: NetworkPolicies decide, and Baseline where there are none")
    func pass() throws {
        let admin =
            clusterNetworkPolicy("a", priority: 1, Self.ingress("Pass", from: Self.web))
            + clusterNetworkPolicy("b", priority: 2, Self.ingress("Deny", from: Self.shop))
        let baseline = clusterNetworkPolicy(
            "c", tier: "Baseline", Self.ingress("Deny", from: Self.shop))
        let open = try PolicedCluster(admin)
        #expect(try open.allows(Pod.web, Pod.vault))
        #expect(try !open.allows(Pod.api, Pod.vault))
        #expect(try !PolicedCluster(admin + baseline).allows(Pod.web, Pod.vault))
        let allowed = try PolicedCluster(admin + baseline + bankPolicy("ingress: [{}]"))
        #expect(try allowed.allows(Pod.web, Pod.vault))
        #expect(try !allowed.allows(Pod.api, Pod.vault))
        let isolated = try PolicedCluster(admin + bankPolicy("ingress: []"))
        #expect(try !isolated.allows(Pod.web, Pod.vault))
    }

    @Test("S53: Accept on egress leaves the receiver's ingress its say")
    func bothSides() throws {
        let accept = clusterNetworkPolicy(
            "a", subject: Self.shop, Self.egress("Accept", to: Self.everyPod))
        #expect(try PolicedCluster(accept).allows(Pod.web, Pod.vault))
        let both = accept + clusterNetworkPolicy("b", Self.ingress("Deny", from: Self.shop))
        #expect(try !PolicedCluster(both).allows(Pod.web, Pod.vault))
    }

    @Test("S54: a pod that a NetworkPolicy governs never comes to Baseline")
    func isolationHidesBaseline() throws {
        let baseline = clusterNetworkPolicy(
            "a", tier: "Baseline", subject: "{namespaces: {}}",
            Self.ingress("Deny", from: Self.everyPod))
        let cluster = try PolicedCluster(
            baseline + bankPolicy("ingress: [{from: [{ipBlock: {cidr: 10.1.0.10/32}}]}]"))
        #expect(try cluster.allows(Pod.web, Pod.vault))
        #expect(try !cluster.allows(Pod.api, Pod.vault))
        #expect(try !cluster.allows(Pod.api, Pod.web))
        #expect(try cluster.allows(Pod.outside, Pod.web))
    }

    @Test("S55: what no rule matches is not denied, nor a direction without rules")
    func noImplicitDeny() throws {
        let cluster = try PolicedCluster(
            clusterNetworkPolicy("a", Self.ingress("Accept", from: Self.web) + ", egress: []"))
        for source in [Pod.web, Pod.api, Pod.outside] {
            #expect(try cluster.allows(source, Pod.vault))
            #expect(try cluster.allows(Pod.vault, source))
        }
        let egress = try PolicedCluster(
            clusterNetworkPolicy("a", Self.egress("Deny", to: Self.everyPod)))
        #expect(try egress.allows(Pod.web, Pod.vault))
        #expect(try !egress.allows(Pod.vault, Pod.web))
        #expect(try egress.allows(Pod.vault, Pod.outside))
    }

    @Test("S56: networks match addresses, those of pods and of nodes too")
    func networks() throws {
        let everything = try PolicedCluster(
            clusterNetworkPolicy("a", Self.egress("Deny", to: "{networks: [0.0.0.0/0]}")))
        for destination in [Pod.web, Pod.outside, Pod.gateway] {
            #expect(try !everything.allows(Pod.vault, destination))
            #expect(try !everything.allows(Pod.vault, destination, nil))
        }
        let pods = try PolicedCluster(
            clusterNetworkPolicy(
                "a", Self.egress("Deny", to: "{networks: [10.1.0.0/28, 203.0.113.9/32]}")))
        #expect(try !pods.allows(Pod.vault, Pod.web))
        #expect(try pods.allows(Pod.vault, Pod.api))
        #expect(try !pods.allows(Pod.vault, Pod.outside))
    }

    @Test("S56: nodes are the addresses of nodes by their labels, external ones too")
    func nodes() throws {
        let gateways = try PolicedCluster(
            clusterNetworkPolicy(
                "a", Self.egress("Deny", to: "{nodes: {matchLabels: {role: gateway}}}")))
        #expect(try !gateways.allows(Pod.vault, Pod.gateway))
        #expect(try !gateways.allows(Pod.vault, Pod.gatewayOutside))
        #expect(try !gateways.allows(Pod.vault, Pod.gateway, nil))
        #expect(try gateways.allows(Pod.vault, Pod.web))
        #expect(try gateways.allows(Pod.vault, Pod.outside))
        let workers = try PolicedCluster(
            clusterNetworkPolicy(
                "a", Self.egress("Deny", to: "{nodes: {matchLabels: {role: worker}}}")))
        #expect(try workers.allows(Pod.vault, Pod.gateway))
        let all = try PolicedCluster(
            clusterNetworkPolicy("a", Self.egress("Deny", to: "{nodes: {}}")))
        #expect(try !all.allows(Pod.vault, Pod.gateway))
        #expect(try all.allows(Pod.vault, Pod.web))
    }

    @Test("S56: nodes and networks are let through by Accept and passed on by Pass")
    func acceptedOutsiders() throws {
        for peer in ["{nodes: {}}", "{networks: [192.168.10.0/24, \(Pod.gatewayOutside)/32]}"] {
            let deny = clusterNetworkPolicy(
                "b", priority: 20, Self.egress("Deny", to: "{networks: [0.0.0.0/0]}"))
            let accept = clusterNetworkPolicy("a", Self.egress("Accept", to: peer))
            let pass = clusterNetworkPolicy("a", Self.egress("Pass", to: peer))
            for policies in [accept + deny, pass + deny] {
                let cluster = try PolicedCluster(policies)
                #expect(try cluster.allows(Pod.vault, Pod.gateway))
                #expect(try cluster.allows(Pod.vault, Pod.gatewayOutside))
                #expect(try !cluster.allows(Pod.vault, Pod.outside))
                #expect(try !cluster.allows(Pod.vault, Pod.web))
            }
            let isolated = try PolicedCluster(
                pass + deny + bankPolicy("egress: [], policyTypes: [Egress]"))
            #expect(try !isolated.allows(Pod.vault, Pod.gateway))
        }
    }

    @Test("S56: a block of the host network's addresses is the nodes', pods of it or not")
    func networksOfNodes() throws {
        let cluster = try PolicedCluster(
            clusterNetworkPolicy(
                "a", subject: "{namespaces: {}}",
                Self.egress("Deny", to: "{networks: [\(Pod.gateway)/32]}")))
        #expect(try !cluster.allows(Pod.web, Pod.gateway))
        #expect(try !cluster.allows(Pod.vault, Pod.gateway))
        #expect(try cluster.allows(Pod.vault, Pod.gatewayOutside))
    }

    @Test("S57: a rule's peers are alternatives, and pods among them are as good as any other")
    func severalPeers() throws {
        let cluster = try PolicedCluster(
            clusterNetworkPolicy(
                "a",
                Self.egress(
                    "Deny", to: "\(Self.web), {networks: [203.0.113.0/24]}, {nodes: {}}")))
        for destination in [Pod.web, Pod.outside, Pod.gateway] {
            #expect(try !cluster.allows(Pod.vault, destination))
        }
        #expect(try cluster.allows(Pod.vault, Pod.api))
    }

    @Test("S57: without protocols every packet is meant, with them no other")
    func everyPacket() throws {
        let esp = IPProtocol(rawValue: 50)
        let whole = try PolicedCluster(
            clusterNetworkPolicy("a", Self.ingress("Deny", from: Self.shop)))
        let tcp = try PolicedCluster(
            clusterNetworkPolicy(
                "a",
                "ingress: [{action: Deny, from: [\(Self.shop)], protocols: "
                    + "[{tcp: {destinationPort: {range: {start: 1, end: 65535}}}}]}]"))
        for transport in [IPProtocol.tcp, .udp, .sctp] {
            #expect(try !whole.allows(Pod.web, Pod.vault, 80, transport))
            #expect(try tcp.allows(Pod.web, Pod.vault, 80, transport) == (transport != .tcp))
        }
        #expect(try !whole.allows(Pod.web, Pod.vault, nil))
        #expect(try !whole.allows(Pod.web, Pod.vault, nil, esp))
        #expect(try tcp.allows(Pod.web, Pod.vault, nil))
        #expect(try tcp.allows(Pod.web, Pod.vault, nil, esp))
    }

    @Test("S57: a port's name means what the pod names so, of whatever protocol")
    func namesOfPorts() throws {
        let rule = "action: Deny, from: [\(Self.shop)]"
        for (kind, ports) in [
            ("Cluster", "protocols: [{destinationNamedPort: dns}]"),
            ("", "ports: [{namedPort: dns}]"),
        ] {
            let policy =
                kind == "Cluster"
                ? clusterNetworkPolicy("a", "ingress: [{\(rule), \(ports)}]")
                : """
                ---
                apiVersion: policy.networking.k8s.io/v1alpha1
                kind: AdminNetworkPolicy
                metadata: {name: a}
                spec:
                  priority: 1
                  subject: {namespaces: {matchLabels: {team: bank}}}
                  ingress: [{\(rule), \(ports)}]

                """
            let cluster = try PolicedCluster(policy)
            // The pod bank/vault gives it 53/UDP and 5353/TCP.
            #expect(try !cluster.allows(Pod.web, Pod.vault, 53, .udp))
            #expect(try !cluster.allows(Pod.web, Pod.vault, 5353, .tcp))
            #expect(try cluster.allows(Pod.web, Pod.vault, 53, .tcp))
            #expect(try cluster.allows(Pod.web, Pod.vault, 5353, .udp))
            #expect(try cluster.allows(Pod.web, Pod.vault, 53, .sctp))
        }
    }

    @Test("S14, S56: pods of the host network are neither subjects nor pods as peers")
    func hostNetwork() throws {
        let cluster = try PolicedCluster(
            clusterNetworkPolicy(
                "a", subject: "{namespaces: {}}",
                Self.ingress("Deny", from: Self.everyPod) + ", "
                    + Self.egress("Deny", to: Self.everyPod)))
        #expect(try cluster.allows(Pod.gateway, Pod.web))
        #expect(try cluster.allows(Pod.web, Pod.gateway))
        #expect(try !cluster.allows(Pod.web, Pod.api))
    }

    @Test("S58: replies of an accepted connection pass a rule that denies")
    func replies() throws {
        let cluster = try PolicedCluster(
            clusterNetworkPolicy("a", Self.egress("Deny", to: Self.everyPod)))
        #expect(try cluster.allows(Pod.web, Pod.vault))
        #expect(try !cluster.allows(Pod.vault, Pod.web))
        #expect(try cluster.allowsReply(Pod.vault, Pod.web))
    }

    @Test("S58: so do they in both directions and tiers, and pass policies that came after them")
    func repliesInEveryTier() throws {
        for tier in ["Admin", "Baseline"] {
            for rules in [
                Self.ingress("Deny", from: Self.everyPod), Self.egress("Deny", to: Self.everyPod),
                Self.ingress("Deny", from: Self.everyPod) + ", "
                    + Self.egress("Deny", to: Self.everyPod),
            ] {
                let cluster = try PolicedCluster(
                    clusterNetworkPolicy("a", tier: tier, subject: "{namespaces: {}}", rules))
                #expect(try !cluster.allows(Pod.web, Pod.vault))
                #expect(try cluster.allowsReply(Pod.web, Pod.vault))
                #expect(try cluster.allowsReply(Pod.vault, Pod.web))
                #expect(try cluster.allowsReply(Pod.web, Pod.vault, .related))
                // What connection tracking calls invalid is judged as a first packet (S41).
                #expect(try !cluster.allowsReply(Pod.web, Pod.vault, .invalid))
            }
        }
    }

    @Test("S59: a domain name opens nothing, alone or beside other peers")
    func domainNames() throws {
        let deny = clusterNetworkPolicy(
            "b", priority: 20, Self.egress("Deny", to: "{networks: [0.0.0.0/0]}"))
        let alone = clusterNetworkPolicy(
            "a", Self.egress("Accept", to: "{domainNames: [example.com]}"))
        let beside = clusterNetworkPolicy(
            "a", Self.egress("Accept", to: "{domainNames: [\"*.example.com\"]}, \(Self.web)"))
        #expect(try !PolicedCluster(alone + deny).allows(Pod.vault, Pod.outside))
        #expect(try !PolicedCluster(alone + deny).allows(Pod.vault, Pod.web))
        #expect(try !PolicedCluster(beside + deny).allows(Pod.vault, Pod.outside))
        #expect(try PolicedCluster(beside + deny).allows(Pod.vault, Pod.web))
    }

    @Test("S27, S28: numbers, ranges and names of ports; without protocols every packet is meant")
    func ports() throws {
        func cluster(_ protocols: String) throws -> PolicedCluster {
            try PolicedCluster(
                clusterNetworkPolicy(
                    "a", "egress: [{action: Deny, to: [\(Self.everyPod)]\(protocols)}]"))
        }
        let number = try cluster(", protocols: [{udp: {destinationPort: {number: 53}}}]")
        #expect(try !number.allows(Pod.vault, Pod.web, 53, .udp))
        #expect(try number.allows(Pod.vault, Pod.web, 53, .tcp))
        let range = try cluster(
            ", protocols: [{tcp: {destinationPort: {range: {start: 80, end: 90}}}}]")
        for (port, isAllowed) in [(79, true), (80, false), (90, false), (91, true)] {
            #expect(try range.allows(Pod.vault, Pod.web, UInt16(port)) == isAllowed)
        }
        let name = try cluster(", protocols: [{destinationNamedPort: http}]")
        #expect(try !name.allows(Pod.vault, Pod.web, 8080))
        #expect(try name.allows(Pod.vault, Pod.api, 8080))
        #expect(try name.allows(Pod.vault, Pod.web, 8080, .udp))
        let everything = try cluster("")
        #expect(try !everything.allows(Pod.vault, Pod.web, nil))
    }

    @Test("S60: AdminNetworkPolicy before, BaselineAdminNetworkPolicy behind NetworkPolicies")
    func predecessors() throws {
        func policy(_ kind: String, _ name: String, _ more: String, _ action: String) -> String {
            """
            ---
            apiVersion: policy.networking.k8s.io/v1alpha1
            kind: \(kind)
            metadata: {name: \(name)}
            spec:
              subject: {namespaces: {matchLabels: {team: bank}}}\(more)
              ingress: [{action: \(action), from: [\(Self.shop)]}]

            """
        }
        let admin = { policy("AdminNetworkPolicy", "a", "\n  priority: 10", $0) }
        let baseline = { policy("BaselineAdminNetworkPolicy", "default", "", $0) }
        let isolating = bankPolicy("ingress: []")
        let allowing = bankPolicy("ingress: [{}]")
        #expect(try PolicedCluster(admin("Allow") + isolating).allows(Pod.web, Pod.vault))
        #expect(try !PolicedCluster(admin("Deny") + allowing).allows(Pod.web, Pod.vault))
        #expect(try !PolicedCluster(admin("Pass") + isolating).allows(Pod.web, Pod.vault))
        #expect(try !PolicedCluster(admin("Pass") + baseline("Deny")).allows(Pod.web, Pod.vault))
        #expect(try PolicedCluster(baseline("Deny") + allowing).allows(Pod.web, Pod.vault))
        // Of one tier, a ClusterNetworkPolicy is asked before the baseline one, which has no
        // priority, and among priorities the kind does not count.
        let newer = clusterNetworkPolicy(
            "z", tier: "Baseline", priority: 1000, Self.ingress("Accept", from: Self.web))
        let both = try PolicedCluster(baseline("Deny") + newer)
        #expect(try both.allows(Pod.web, Pod.vault))
        #expect(try !both.allows(Pod.api, Pod.vault))
        let earlier = clusterNetworkPolicy(
            "z", priority: 9, Self.ingress("Accept", from: Self.web))
        #expect(try PolicedCluster(admin("Deny") + earlier).allows(Pod.web, Pod.vault))
    }
}
