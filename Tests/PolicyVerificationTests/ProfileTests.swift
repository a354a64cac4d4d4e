// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel
import PolicyVerification
import Testing

@Suite("Profiles")
struct ProfileTests {
    /// The small world with a profile that one of its pods names, or its namespace.
    private func world(
        naming names: [String]?, kind: EndpointKind = .pod, _ profiles: Profile...
    ) -> SmallWorld {
        var world = SmallWorld()
        world.state.profiles = profiles
        world["shop/web"].particulars = EndpointParticulars(profiles: names)
        world["shop/web"].id.kind = kind
        return world
    }

    private let open = Profile(name: "open", ingress: [Rule(.allow)], egress: [Rule(.allow)])
    private let tcpOnly = Profile(
        name: "tcp", ingress: [Rule(.allow, ports: .only([.every(.tcp)]))])

    @Test("Explicit profiles deny what they do not decide, each direction for itself")
    func explicit() {
        let closed = world(naming: ["tcp"], tcpOnly)
        #expect(closed.allows("lab/probe", "shop/web"))
        #expect(!closed.allows("lab/probe", "shop/web", .udp))
        #expect(!closed.allows("shop/web", "lab/probe"))
        let both = world(naming: ["tcp", "open"], tcpOnly, open)
        #expect(both.allows("lab/probe", "shop/web", .udp) && both.allows("shop/web", "lab/probe"))
    }

    @Test("The first profile that decides is the last that is asked")
    func order() {
        let deny = Profile(name: "deny", ingress: [Rule(.deny)])
        #expect(world(naming: ["open", "deny"], deny, open).allows("lab/probe", "shop/web"))
        #expect(!world(naming: ["deny", "open"], deny, open).allows("lab/probe", "shop/web"))
    }

    @Test("A profile that does not exist closes its endpoint; those of others stay open")
    func missing() {
        let world = world(naming: ["gone", "open"], open)
        #expect(!world.allows("lab/probe", "shop/web") && !world.allows("shop/web", "lab/probe"))
        #expect(world.allows("lab/probe", "shop/db"))
        #expect(self.world(naming: ["open", "gone"], open).allows("lab/probe", "shop/web"))
    }

    @Test("An endpoint that names no profile at all is closed, and so is a workload without any")
    func none() {
        #expect(!world(naming: []).allows("lab/probe", "shop/web"))
        #expect(!world(naming: nil, kind: .workload).allows("lab/probe", "shop/web"))
        #expect(world(naming: nil).allows("lab/probe", "shop/web"))
    }

    @Test("The profiles of namespaces and accounts are there without an object")
    func implied() {
        #expect(world(naming: ["kns.shop"]).allows("lab/probe", "shop/web"))
        #expect(world(naming: ["projectcalico-default-allow"]).allows("lab/probe", "shop/web"))
        #expect(!world(naming: ["ksa.shop.default"]).allows("lab/probe", "shop/web"))
        #expect(
            world(naming: ["ksa.shop.default", "kns.shop"]).allows("lab/probe", "shop/web"))
    }

    @Test("An object for a namespace's or an account's profile holds for pods that name none")
    func objects() {
        let namespace = Profile(name: "kns.shop", ingress: tcpOnly.ingress, egress: [Rule(.allow)])
        let world = world(naming: nil, namespace)
        #expect(world.allows("lab/probe", "shop/web"))
        #expect(!world.allows("lab/probe", "shop/db", .udp))
        #expect(world.allows("lab/probe", "pay/web", .udp))
        let account = Profile(name: "ksa.shop.default", ingress: [Rule(.deny)])
        #expect(self.world(naming: nil, account).allows("lab/probe", "shop/web"))
    }

    @Test("Tiers are asked first; only what all of them pass on comes to the profiles")
    func behindTiers() {
        var world = world(naming: ["tcp"], tcpOnly)
        world.state.policies = [tierPolicy("p", tier: "default", ingress: [])]
        #expect(!world.allows("lab/probe", "shop/web"))
        world.state.policies = [tierPolicy("p", tier: "default", ingress: [Rule(.allow)])]
        #expect(world.allows("lab/probe", "shop/web", .udp))
        world.state.policies = [tierPolicy("p", tier: "default", ingress: [Rule(.pass)])]
        #expect(world.allows("lab/probe", "shop/web"))
        #expect(!world.allows("lab/probe", "shop/web", .udp))
    }

    @Test("A profile's labels count where the endpoint has none of its own")
    func labels() {
        let label = Profile(
            name: "open", labels: ["app": "profile", "tier": "gold"], ingress: [Rule(.allow)])
        var world = world(naming: ["open"], label)
        let gold = Selector.isOneOf(key: "tier", values: ["gold"])
        world.state.policies = [networkPolicy(for: gold, ingress: [])]
        #expect(!world.allows("lab/probe", "shop/web") && world.allows("lab/probe", "shop/db"))
        world.state.policies = [networkPolicy(for: app("profile"), ingress: [])]
        #expect(world.allows("lab/probe", "shop/web"))
    }
}
