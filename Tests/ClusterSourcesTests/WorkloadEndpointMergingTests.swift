// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import ClusterSources
import NetworkPrimitives
import PolicyDocuments
import PolicyModel
import PolicyTestKit
import Testing

/// A pod of which two objects tell, its own and a WorkloadEndpoint, in whatever order they come and go.
@Suite("Pods and their WorkloadEndpoints in files")
struct WorkloadEndpointMergingTests {
    fileprivate static let id = EndpointID(namespace: "shop", name: "web")

    private static func pod(_ label: String = "pod", _ address: String = "10.0.0.1") -> String {
        Manifest.pod("web", labels: "{v: \"\(label)\"}", address: address)
    }

    /// What Calico says of the pod, or of another workload.
    private static func object(
        _ label: String = "object", _ address: String = "10.0.0.1", pod: String? = "web",
        interface: String = "cali1", profiles: String = "[open]"
    ) -> String {
        """
        ---
        apiVersion: projectcalico.org/v3
        kind: WorkloadEndpoint
        metadata: {name: node--a-k8s-\(pod ?? "vm")-eth0, namespace: shop, labels: {v: "\(label)"}}
        spec:
          orchestrator: \(pod == nil ? "openstack" : "k8s")
          node: node-a
          \(pod.map { "pod: \($0)" } ?? "workload: vm")
          interfaceName: \(interface)
          ipNetworks: [\(address)/32]
          profiles: \(profiles)

        """
    }

    private func source(_ text: String) -> Source { Source(name: "", text: text) }

    /// The pod as the store has it, and as those have it who follow its changes.
    private struct Followed {
        var store = ManifestStore()
        var state = ClusterState.nothing

        @discardableResult
        mutating func update(_ file: String, _ text: String?) -> ManifestStore.Update {
            let update = store.update(
                file: file, with: text.map { Source(name: file, text: $0) })
            state.apply(update.changes)
            #expect(state.inOrder.endpoints == store.state.endpoints)
            return update
        }

        /// `v=label address interface` of the pod.
        var text: String? {
            store.state.endpoints.first { $0.id == WorkloadEndpointMergingTests.id }.map {
                endpoint in
                let address = endpoint.addresses.first?.description ?? "-"
                let interface = endpoint.particulars?.interface ?? "-"
                return "v=\(endpoint.labels["v"] ?? "-") \(address) \(interface)"
            }
        }
    }

    @Test("Either object may come first: the pod's own says all but what only the other knows")
    func eitherFirst() {
        let files = [
            ("pod.yaml", Self.pod("pod", "10.0.0.1")),
            ("object.yaml", Self.object("object", "10.0.0.2")),
        ]
        for (order, first) in [
            (files, "v=pod 10.0.0.1 -"), (files.reversed(), "v=object 10.0.0.2 cali1"),
        ] {
            var followed = Followed()
            for (step, file) in order.enumerated() {
                let update = followed.update(file.0, file.1)
                #expect(update.changes.count { $0.endpointID == Self.id } == 1)
                #expect(followed.text == (step == 0 ? first : "v=pod 10.0.0.1 cali1"))
            }
            #expect(followed.store.state.endpoints.first?.particulars?.profiles == ["open"])
            #expect(followed.store.state.endpoints.count == 1)
        }
        var together = Followed()
        together.update("all.yaml", files.map(\.1).joined())
        #expect(together.text == "v=pod 10.0.0.1 cali1")
    }

    @Test("Either object may go first: what is left is what the other says")
    func eitherLeaves() {
        for (file, left) in [
            ("pod.yaml", "v=object 10.0.0.2 cali1"), ("object.yaml", "v=pod 10.0.0.1 -"),
        ] {
            var followed = Followed()
            followed.update("pod.yaml", Self.pod("pod", "10.0.0.1"))
            followed.update("object.yaml", Self.object("object", "10.0.0.2"))
            #expect(followed.update(file, nil).changes.count == 1)
            #expect(followed.text == left)
            let other = file == "pod.yaml" ? "object.yaml" : "pod.yaml"
            #expect(followed.update(other, nil).changes == [.endpoint(Self.id, nil)])
            #expect(followed.text == nil)
        }
    }

    @Test("Both objects gone at once are one removal, both come at once one addition")
    func together() {
        var store = ManifestStore()
        _ = store.update([])
        let come = store.update([
            ("a.yaml", source(Self.object())), ("b.yaml", source(Self.pod())),
        ])
        #expect(come.changes.count == 1)
        let go = store.update([("a.yaml", nil), ("b.yaml", nil)])
        #expect(go.changes == [.endpoint(Self.id, nil)])
    }

    @Test("Labels and addresses of the other object change nothing while the pod's own is there")
    func changes() {
        var followed = Followed()
        followed.update("pod.yaml", Self.pod("one", "10.0.0.1"))
        followed.update("object.yaml", Self.object("x", "10.0.0.1"))
        #expect(followed.update("object.yaml", Self.object("y", "10.0.0.9")).changes.isEmpty)
        followed.update("pod.yaml", Self.pod("two", "10.0.0.3"))
        #expect(followed.text == "v=two 10.0.0.3 cali1")
        followed.update("object.yaml", Self.object("y", "10.0.0.9", interface: "cali2"))
        #expect(followed.text == "v=two 10.0.0.3 cali2")
        // As soon as it speaks alone, what it said last counts.
        followed.update("pod.yaml", nil)
        #expect(followed.text == "v=y 10.0.0.9 cali2")
        followed.update("object.yaml", Self.object("z", "10.0.0.8", interface: "cali2"))
        #expect(followed.text == "v=z 10.0.0.8 cali2")
    }

    @Test("An error in one file keeps what it said of the pod, and the other file goes on")
    func badFile() {
        var followed = Followed()
        followed.update("pod.yaml", Self.pod("one"))
        followed.update("object.yaml", Self.object())
        followed.update("object.yaml", Self.object(interface: "much-too-long-a-name"))
        #expect(followed.store.problems.keys.sorted() == ["object.yaml"])
        followed.update("pod.yaml", Self.pod("two"))
        #expect(followed.text == "v=two 10.0.0.1 cali1")
    }

    @Test("S20: an address is claimed by what counts, not by what the other object says")
    func sharedAddresses() {
        let rival = Manifest.pod("rival", address: "10.0.0.2")
        var followed = Followed()
        followed.update("object.yaml", Self.object("x", "10.0.0.2"))
        #expect(followed.update("rival.yaml", rival).diagnostics.count == 1)
        followed.update("rival.yaml", nil)
        followed.update("pod.yaml", Self.pod("pod", "10.0.0.1"))
        #expect(followed.update("rival.yaml", rival).diagnostics.isEmpty)
        // The pod's own object goes, and with it what spoke against the other's address.
        #expect(followed.update("pod.yaml", nil).diagnostics.count == 1)
    }

    @Test("A workload of another orchestrator is no pod, though its name is a pod's")
    func otherOrchestrator() {
        var followed = Followed()
        followed.update("pod.yaml", Manifest.pod("node--a-k8s-vm-eth0", address: "10.0.0.1"))
        followed.update("vm.yaml", Self.object("vm", "10.0.0.2", pod: nil))
        #expect(followed.store.state.endpoints.map(\.id.kind) == [.pod, .workload])
        #expect(followed.store.state.endpoints.map(\.particulars?.interface) == [nil, "cali1"])
        #expect(followed.store.objectCount["WorkloadEndpoint"] == 1)
        #expect(followed.store.objectCount["Pod"] == 1)
    }

    @Test("Whatever comes and goes, the changes lead to what the files mean together")
    func property() {
        for seed in UInt64(0)..<150 {
            var random = SeededGenerator(seed: seed)
            var store = ManifestStore()
            var applied = ClusterState.nothing
            var files: [String: Source] = [:]
            for _ in 0..<12 {
                var updates: [(file: String, source: Source?)] = []
                for _ in 0..<random.number(in: 1...3) {
                    let file = random.pick(["a.yaml", "b.yaml", "c.yaml"])
                    let source =
                        random.chance(20)
                        ? nil : Source(name: file, text: Self.objects(&random))
                    updates.append((file, source))
                    files[file] = source
                }
                let before = applied
                let changes = store.update(updates).changes
                applied.apply(changes)
                #expect(
                    Set(changes) == Set(before.inOrder.changes(to: applied.inOrder)),
                    "seed \(seed): redundant changes")
                let documents = DocumentDecoder().decode(
                    files.sorted { $0.key < $1.key }.map(\.value))
                let expected = ClusterAssembly(documents).state.endpoints
                #expect(applied.inOrder.endpoints == expected, "seed \(seed)")
                #expect(store.state.endpoints == expected, "seed \(seed)")
            }
        }
    }

    /// Some of the objects of two pods and a workload, each at most once.
    private static func objects(_ random: inout SeededGenerator) -> String {
        var texts: [String] = []
        for name in ["web", "api"] {
            let label = "l\(random.number(in: 0...2))"
            let address = "10.0.0.\(random.number(in: 1...4))"
            if random.chance(50) {
                texts.append(Manifest.pod(name, labels: "{v: \"\(label)\"}", address: address))
            }
            if random.chance(50) {
                texts.append(
                    object(
                        label, address, pod: name,
                        interface: "cali\(random.number(in: 1...2))",
                        profiles: random.pick(["[]", "[open]", "[kns.shop, ksa.shop.default]"])))
            }
        }
        if texts.isEmpty || random.chance(30) { texts.append(object("vm", "10.0.0.9", pod: nil)) }
        return random.shuffled(texts).joined()
    }
}

extension ClusterChange {
    fileprivate var endpointID: EndpointID? {
        if case .endpoint(let id, _) = self { id } else { nil }
    }
}
