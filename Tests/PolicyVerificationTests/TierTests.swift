// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel
import PolicyVerification
import Testing

@Suite("Tiers")
struct TierTests {
    /// The small world with an admin tier before the standard one and a baseline behind it.
    private func world(_ policies: Policy...) -> SmallWorld {
        var world = SmallWorld()
        world.state.tiers = [
            Tier(name: "baseline", order: 2_000_000, defaultAction: .pass), .standard,
            Tier(name: "admin", order: 1, defaultAction: .pass),
        ]
        world.state.policies = policies
        return world
    }

    private let allow = Rule(.allow)
    private let deny = Rule(.deny)

    @Test("S52: earlier tiers decide first; within one, the lower order, then the name")
    func order() {
        let admin = tierPolicy("z", tier: "admin", ingress: [deny])
        let standard = networkPolicy("a", ingress: [allow])
        #expect(!world(standard, admin).allows("lab/probe", "shop/web"))
        let late = tierPolicy("a", tier: "admin", order: 20, ingress: [deny])
        let early = tierPolicy("b", tier: "admin", order: 10, ingress: [allow])
        #expect(world(late, early).allows("lab/probe", "shop/web"))
        let tied = tierPolicy("0", tier: "admin", order: 10, ingress: [deny])
        #expect(!world(late, early, tied).allows("lab/probe", "shop/web"))
    }

    @Test("S52: of the rules of a policy the first that matches decides, and is named")
    func rules() {
        let udp = Rule(.deny, ports: .only([.every(.udp)]))
        let policy = tierPolicy("p", tier: "admin", ingress: [udp, allow, deny])
        #expect(
            world(policy).verdict("lab/probe", "shop/web").ingress
                == .allowed(by: .init(policy: policy.id, direction: .ingress, index: 1)))
        #expect(
            world(policy).verdict("lab/probe", "shop/web", .udp).ingress
                == .denied(by: .init(policy: policy.id, direction: .ingress, index: 0)))
    }

    @Test("S53: pass leaves the tier; allow ends its own direction only")
    func pass() {
        let passing = tierPolicy("a", tier: "admin", ingress: [Rule(.pass)])
        let denying = tierPolicy("b", tier: "admin", ingress: [deny])
        #expect(world(passing, denying).verdict("lab/probe", "shop/web").ingress == .passed)
        #expect(!world(passing, networkPolicy(ingress: [])).allows("lab/probe", "shop/web"))
        let out = tierPolicy("out", tier: "admin", egress: [allow])
        let decision = world(out, networkPolicy(ingress: [])).verdict("lab/probe", "shop/web")
        #expect(decision.egress.isAllowed && !decision.isAllowed)
    }

    @Test("S53: pass leaves a tier that denies by default, too")
    func passBeforeDefault() {
        let tcp = Rule(.pass, ports: .only([.every(.tcp)]))
        let policy = tierPolicy("p", tier: "default", ingress: [tcp])
        #expect(world(policy).verdict("lab/probe", "shop/web").ingress == .passed)
        #expect(!world(policy).allows("lab/probe", "shop/web", .udp))
        let baseline = tierPolicy("base", tier: "baseline", ingress: [deny])
        #expect(!world(policy, baseline).allows("lab/probe", "shop/web"))
    }

    @Test("S54: a baseline is asked only for pods that no NetworkPolicy selects")
    func baseline() {
        let baseline = tierPolicy("base", tier: "baseline", ingress: [deny])
        #expect(!world(baseline).allows("lab/probe", "shop/web"))
        let standard = networkPolicy(ingress: [.allow(.pods(.any, app("probe")))])
        #expect(world(baseline, standard).allows("lab/probe", "shop/web"))
        #expect(!world(baseline, standard).allows("shop/front", "pay/web"))
        let outward = networkPolicy(egress: [])
        #expect(!world(baseline, outward).allows("lab/probe", "shop/web"))
    }

    @Test("S54: a pod that isolation spares is not asked about again by a baseline")
    func spared() {
        let baseline = tierPolicy("base", tier: "baseline", ingress: [deny])
        #expect(world(baseline, networkPolicy(ingress: [])).allows("shop/web", "shop/web"))
    }

    @Test("S55: a tier that passes by default denies nothing of itself")
    func passByDefault() {
        let udp = tierPolicy(
            "udp", tier: "admin", ingress: [Rule(.deny, ports: .only([.every(.udp)]))])
        #expect(world(udp).verdict("lab/probe", "shop/web").ingress == .passed)
        #expect(!world(udp).allows("lab/probe", "shop/web", .udp))
    }

    @Test("S61: log continues; no order comes last; a tier that selects nothing is skipped")
    func continuation() {
        let last = tierPolicy("a", tier: "admin", ingress: [deny])
        let first = tierPolicy("b", tier: "admin", order: 1e9, ingress: [Rule(.log), allow])
        #expect(
            world(last, first).verdict("lab/probe", "shop/web").ingress
                == .allowed(by: .init(policy: first.id, direction: .ingress, index: 1)))
        #expect(!world(last).allows("lab/probe", "shop/web"))
        let logging = tierPolicy("log", tier: "admin", ingress: [Rule(.log)])
        #expect(world(logging).allows("lab/probe", "shop/web"))
        #expect(world(networkPolicy(in: "pay", ingress: [])).allows("lab/probe", "shop/web"))
    }

    @Test("A policy of a tier that does not exist comes last and denies by default")
    func missingTier() {
        let lost = tierPolicy("lost", tier: "gone", ingress: [])
        #expect(
            world(lost).verdict("lab/probe", "shop/web").ingress
                == .isolated(tier: "gone", by: [lost.id]))
        let baseline = tierPolicy("base", tier: "baseline", ingress: [allow])
        #expect(world(lost, baseline).allows("lab/probe", "shop/web"))
    }
}
