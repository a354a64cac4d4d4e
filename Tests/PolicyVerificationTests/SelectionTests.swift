// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel
import PolicyVerification
import Testing

@Suite("Selection and isolation")
struct SelectionTests {
    @Test("S1: an empty podSelector is every pod of the policy's own namespace")
    func wholeNamespace() {
        let world = SmallWorld(networkPolicy(ingress: []))
        #expect(!world.allows("lab/probe", "shop/web"))
        #expect(!world.allows("lab/probe", "shop/db"))
        #expect(world.allows("lab/probe", "pay/web"))
    }

    @Test("S2: a pod that no policy selects is open, and the directions are independent")
    func openByDefault() {
        let world = SmallWorld(networkPolicy(for: app("web"), ingress: []))
        #expect(
            world.verdict("lab/probe", "shop/db")
                == .init(egress: .unselected, ingress: .unselected))
        #expect(world.allows("shop/web", "lab/probe"))
        #expect(!world.allows("lab/probe", "shop/web"))
    }

    @Test("S2: egress of the source and ingress of the destination must both allow")
    func bothDirections() {
        let allowed = networkPolicy("in", for: app("web"), ingress: [.allowAnyone()])
        #expect(SmallWorld(allowed).allows("shop/front", "shop/web"))
        let world = SmallWorld(allowed, networkPolicy("out", for: app("front"), egress: []))
        let decision = world.verdict("shop/front", "shop/web")
        #expect(!decision.isAllowed && decision.ingress.isAllowed && !decision.egress.isAllowed)
    }

    @Test("S3: a policy that governs egress alone leaves ingress untouched")
    func egressAlone() {
        let world = SmallWorld(networkPolicy(egress: []))
        #expect(world.allows("lab/probe", "shop/web"))
        #expect(!world.allows("shop/web", "lab/probe"))
    }

    @Test("S4: policies add up, in whatever order they come")
    func union() {
        let web = networkPolicy("a", ingress: [.allow(.pods(.any, app("web")))])
        let probe = networkPolicy("b", ingress: [.allow(.pods(.any, app("probe")))])
        for world in [SmallWorld(web, probe), SmallWorld(probe, web)] {
            #expect(world.allows("pay/web", "shop/db"))
            #expect(world.allows("lab/probe", "shop/db"))
            #expect(!world.allows("pay/front", "shop/db"))
        }
    }

    @Test("S5: no rules is deny all, and names the policies; one empty rule is allow all")
    func noRules() {
        let closed = networkPolicy("closed", for: app("web"), ingress: [])
        let also = networkPolicy("also", ingress: [])
        #expect(
            SmallWorld(closed, also).verdict("lab/probe", "shop/web").ingress
                == .isolated(tier: "default", by: [also.id, closed.id]))
        let open = networkPolicy("open", ingress: [Rule(.allow)])
        #expect(
            SmallWorld(closed, open).verdict("8.8.8.8", "shop/web", .icmp, nil, type: 8).ingress
                == .allowed(by: .init(policy: open.id, direction: .ingress, index: 0)))
    }

    @Test("S6: a rule without peers is everybody; without ports, every protocol")
    func missingLists() {
        let peers = SmallWorld(
            networkPolicy(ingress: [.allowAnyone(.numbers(.tcp, 80...80))]))
        #expect(peers.allows("203.0.113.7", "shop/web"))
        #expect(peers.allows("pay/front", "shop/web", family: .ipv6))
        #expect(!peers.allows("203.0.113.7", "shop/web", .tcp, 81))
        let ports = SmallWorld(networkPolicy(ingress: [.allow(.pods(.any))]))
        #expect(ports.allows("lab/probe", "shop/web", .udp, 53))
        #expect(ports.allows("lab/probe", "shop/web", .icmp, nil, type: 8))
        #expect(!ports.allows("203.0.113.7", "shop/web"))
    }

    @Test("S7: one peer with both selectors is AND; two peers are OR")
    func conjunction() {
        let both = SmallWorld(
            networkPolicy(ingress: [.allow(.pods(.team("blue"), app("front")))]))
        #expect(both.allows("pay/front", "shop/db"))
        #expect(!both.allows("pay/web", "shop/db"))
        #expect(!both.allows("shop/front", "shop/db"))
        let either = SmallWorld(
            networkPolicy(
                ingress: [.allow(.pods(.team("blue")), .pods(.named("shop"), app("front")))]))
        #expect(either.allows("pay/web", "shop/db"))
        #expect(either.allows("shop/front", "shop/db"))
        #expect(!either.allows("shop/web", "shop/db"))
    }

    @Test("S8: a podSelector alone is the own namespace's; an empty namespaceSelector all")
    func scopes() {
        let own = SmallWorld(networkPolicy(ingress: [.allow(.pods(.named("shop"), app("web")))]))
        #expect(own.allows("shop/web", "shop/db"))
        #expect(!own.allows("pay/web", "shop/db"))
        for scope in [NamespaceScope.any, .labelled(.everything)] {
            let all = SmallWorld(networkPolicy(ingress: [.allow(.pods(scope, app("web")))]))
            #expect(all.allows("shop/web", "shop/db"))
            #expect(all.allows("pay/web", "shop/db"))
            #expect(!all.allows("lab/probe", "shop/db"))
        }
    }

    @Test("S9: an empty list of peers or ports matches nothing, unlike a missing one")
    func emptyLists() {
        #expect(!SmallWorld(networkPolicy(ingress: [.allow()])).allows("lab/probe", "shop/web"))
        let ports = Rule(.allow, ports: .only([]))
        #expect(!SmallWorld(networkPolicy(ingress: [ports])).allows("lab/probe", "shop/web"))
    }

    @Test("S10: NotIn and DoesNotExist hold where the key is absent; In's values are OR")
    func absentKeys() {
        for selector in [
            Selector.not(.isOneOf(key: "stage", values: ["prod"])), .not(.has("stage")),
        ] {
            var world = SmallWorld(networkPolicy(ingress: [.allow(.pods(.any, selector))]))
            #expect(world.allows("pay/web", "shop/web"))
            world["pay/web"].labels["stage"] = "prod"
            #expect(!world.allows("pay/web", "shop/web"))
        }
        let several = SmallWorld(
            networkPolicy(ingress: [.allow(.pods(.any, app("web", "probe")))]))
        #expect(several.allows("pay/web", "shop/db"))
        #expect(several.allows("lab/probe", "shop/db"))
        #expect(!several.allows("pay/front", "shop/db"))
    }

    @Test("S11: a namespace's labels decide, and its name is one even without its object")
    func namespaceLabels() {
        var world = SmallWorld(networkPolicy(ingress: [.allow(.pods(.team("blue")))]))
        #expect(world.allows("pay/web", "shop/web"))
        #expect(!world.allows("lab/probe", "shop/web"))
        world.state.namespaces[1].labels = [:]
        #expect(!world.allows("pay/web", "shop/web"))
        world.state.namespaces.append(Namespace(name: "lab", labels: ["team": "blue"]))
        #expect(world.allows("lab/probe", "shop/web"))

        for name in ["pay", "lab"] {
            let isNamed = Selector.isOneOf(key: Namespace.nameLabel, values: [name])
            let world = SmallWorld(networkPolicy(ingress: [.allow(.pods(.labelled(isNamed)))]))
            #expect(world.allows("pay/web", "shop/web") == (name == "pay"))
            #expect(world.allows("lab/probe", "shop/web") == (name == "lab"))
        }
    }

    @Test("S11: relabelling a pod changes what selects it")
    func relabelledPod() {
        var world = SmallWorld(networkPolicy(for: app("web"), ingress: []))
        #expect(!world.allows("lab/probe", "shop/web"))
        world["shop/web"].labels["app"] = "other"
        #expect(world.allows("lab/probe", "shop/web"))
    }

    @Test("S12: a pod without an address is nobody; a dual-stack pod is two addresses")
    func addresses() {
        var world = SmallWorld(networkPolicy(ingress: [.allow(.pods(.any, app("probe")))]))
        #expect(world.allows("lab/probe", "shop/web", family: .ipv4))
        #expect(world.allows("lab/probe", "shop/web", family: .ipv6))
        world["lab/probe"].addresses = []
        #expect(!world.allows("10.0.0.6", "shop/web"))
        world["shop/web"].addresses.removeLast()
        #expect(world.verdict("8.8.8.8", "10.0.0.1").ingress != .notSubject)
        #expect(world.verdict("2001:db8::1", "fd00::1").ingress == .notSubject)
    }
}
