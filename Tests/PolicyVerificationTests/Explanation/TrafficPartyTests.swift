// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel
import PolicyVerification
import Testing

@Suite struct TrafficPartyTests {
    private func resolve(
        _ text: String, in world: SmallWorld = SmallWorld(), namespace: String = "default"
    ) throws -> ResolvedParty {
        try TrafficParty(text).resolve(in: world.state, defaultNamespace: namespace)
    }

    private func complaint(_ text: String, in world: SmallWorld = SmallWorld()) -> String? {
        do throws(TrafficError) {
            _ = try TrafficParty(text).resolve(in: world.state, defaultNamespace: "shop")
            return nil
        } catch {
            return error.description
        }
    }

    @Test(
        "A pod is found by its name, with or without namespace, and under any kind of workload",
        arguments: [
            "shop/web", "web", "deployment/web", "shop/deployment/web", "shop/sts/web",
            "Deployment/web",
        ])
    func names(text: String) throws {
        let party = try resolve(text, namespace: "shop")
        #expect(party.endpoint?.id == id("shop/web"))
        #expect(party.addresses.map(\.description) == ["10.0.0.1", "fd00::1"])
        #expect(party.node == "alpha")
    }

    @Test("An address that a pod owns means the pod, over this address alone")
    func ownedAddress() throws {
        let party = try resolve("fd00::1:5")
        #expect(party.endpoint?.id == id("pay/front"))
        #expect(party.addresses.map(\.description) == ["fd00::1:5"])
        #expect(party.node == "beta")
        #expect(party.notes == ["fd00::1:5 belongs to pay/front"])
    }

    @Test("An address outside has no node; a node's address has its own")
    func otherAddresses() throws {
        #expect(try resolve("203.0.113.1").node == nil)
        #expect(try resolve("192.168.0.11").node == "beta")
        #expect(try resolve("192.168.0.11").endpoint == nil)
    }

    @Test("S19, S20: addresses that another pod owns are that pod's, and pointed out")
    func rivals() throws {
        var world = SmallWorld()
        world.state.endpoints.append(SmallWorld.pod("lab/new", ["10.0.0.1"], created: 9))
        let left = try resolve("shop/web", in: world)
        #expect(left.endpoint?.id == id("shop/web"))
        #expect(left.addresses.map(\.description) == ["fd00::1"])
        #expect(
            left.notes == [
                "10.0.0.1 of shop/web counts as lab/new's, which is newer, or first by name"
            ])
        world["shop/web"].addresses.removeLast()
        world["shop/web"].isFinished = true
        world["lab/new"].node = "beta"
        let taken = try resolve("shop/web", in: world)
        #expect(taken.endpoint?.id == id("lab/new"))
        #expect(taken.node == "beta")
        #expect(
            taken.notes == [
                "10.0.0.1 of shop/web counts as lab/new's, because shop/web has finished"
            ])
    }

    @Test("An unknown pod gets those that were probably meant")
    func nearMisses() {
        var world = SmallWorld()
        world.state.endpoints.append(SmallWorld.pod("shop/api-7d9f-x2k", ["10.0.0.9"]))
        #expect(
            complaint("shop/frnt")
                == "the input has no pod or workload shop/frnt; did you mean shop/front, pay/front?"
        )
        #expect(
            complaint("deployment/api", in: world)?.hasSuffix("mean shop/api-7d9f-x2k?") == true)
        #expect(complaint("lab/web")?.contains("mean pay/web, shop/web?") == true)
        #expect(complaint("shop/wbe")?.contains("mean shop/web, pay/web?") == true)
        #expect(
            complaint("shop/prometheus")?.hasSuffix("none of its 6 pods has a name like it") == true
        )
    }

    @Test("The world is refused, because a packet has one address")
    func world() {
        #expect(
            complaint("world") == """
                world is many addresses, and a connection has one; write which, such as 203.0.113.1
                """)
    }

    @Test("A name that can be read in two ways is refused")
    func ambiguity() {
        var world = SmallWorld()
        world.state.endpoints.append(SmallWorld.pod("deployment/web", ["10.0.0.9"]))
        #expect(
            complaint("deployment/web", in: world) == """
                deployment/web may mean shop/web or deployment/web; write NAMESPACE/KIND/NAME
                """)
        #expect(complaint("shop/deployment/web", in: world) == nil)
    }

    @Test(
        "What is neither name nor address is refused, with what to write instead",
        arguments: [
            ("10.0.0.300", "neither an address nor a name"), ("10.0.0.0/8", "is a block"),
            ("fd00::zz", "neither"), ("", "is empty"), ("a/b/c/d", "neither"), ("shop/", "neither"),
            ("shop/gateway/web", "gateway is no kind of workload"),
        ])
    func malformed(text: String, part: String) {
        #expect(complaint(text)?.contains(part) == true)
    }

    @Test("S12: a pod without an address is refused, because no packet can be its")
    func withoutAddress() {
        var world = SmallWorld()
        world["shop/web"].addresses = []
        #expect(complaint("shop/web", in: world)?.contains("has no address yet") == true)
    }
}
