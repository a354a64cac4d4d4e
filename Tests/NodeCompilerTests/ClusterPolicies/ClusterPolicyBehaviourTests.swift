// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

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
