// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import ClusterSources
import PolicyDocuments
import PolicyModel
import PolicyTestKit
import Testing

@Suite struct ManifestStoreTests {
    private func source(_ text: String, _ name: String = "a.yaml") -> Source {
        Source(name: name, text: text)
    }

    private func names(_ changes: [ClusterChange]) -> [String] {
        changes.map {
            switch $0 {
            case .namespace(let name, let value): "\(value == nil ? "-" : "+")namespace \(name)"
            case .node(let name, let value): "\(value == nil ? "-" : "+")node \(name)"
            case .endpoint(let id, let value): "\(value == nil ? "-" : "+")pod \(id)"
            case .tier(let name, let value): "\(value == nil ? "-" : "+")tier \(name)"
            case .policy(let id, let value): "\(value == nil ? "-" : "+")policy \(id)"
            case .stagedPolicy(let id, let value):
                "\(value == nil ? "-" : "+")staged policy \(id)"
            case .profile(let name, let value): "\(value == nil ? "-" : "+")profile \(name)"
            case .serviceAccount(let id, let value):
                "\(value == nil ? "-" : "+")service account \(id)"
            case .networkSet(let id, let value):
                "\(value == nil ? "-" : "+")network set \(id)"
            case .serviceSlice(let id, let value):
                "\(value == nil ? "-" : "+")slice \(id.namespace)/\(id.name)"
            case .configuration(let name, let value):
                "\(value == nil ? "-" : "+")configuration \(name)"
            }
        }
    }

    @Test("The tiers of every cluster come once, with the first update, even if that is of nothing")
    func tier() {
        var store = ManifestStore()
        #expect(
            names(store.update([]).changes)
                == ["+tier kube-admin", "+tier default", "+tier kube-baseline"])
        #expect(
            names(store.update(file: "a.yaml", with: source(Manifest.pod("x"))).changes)
                == ["+pod shop/x"])
        #expect(store.objectCount["Pod"] == 1)
    }

    @Test("A profile stands for its namespace as long as that has no object of its own")
    func impliedNamespace() {
        func profile(_ value: String) -> String {
            """
            apiVersion: projectcalico.org/v3
            kind: Profile
            metadata: {name: kns.shop}
            spec: {labelsToApply: {pcns.env: \(value)}}
            """
        }
        let object = "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {env: own}}\n"
        func labels(_ changes: [ClusterChange]) -> [String?] {
            changes.compactMap { change in
                if case .namespace("shop", let value) = change { value?.labels["env"] } else { nil }
            }
        }
        var store = ManifestStore()
        #expect(labels(store.update(file: "p", with: source(profile("a"))).changes) == ["a"])
        #expect(labels(store.update(file: "p", with: source(profile("b"))).changes) == ["b"])
        #expect(labels(store.update(file: "n", with: source(object)).changes) == ["own"])
        #expect(labels(store.update(file: "p", with: source(profile("c"))).changes) == [])
        #expect(store.state.namespaces.map(\.labels) == [["env": "own"]])
        #expect(labels(store.update(file: "n", with: nil).changes) == ["c"])
        #expect(store.state.namespaces.map(\.labels) == [["env": "c"]])
        let gone = store.update(file: "p", with: nil).changes
        #expect(gone.contains(.namespace("shop", nil)))
        #expect(store.state.namespaces.isEmpty)
    }

    @Test("A file with an error keeps its last good content in force, wholly")
    func badFile() {
        var store = ManifestStore()
        _ = store.update(
            file: "a.yaml", with: source(Manifest.pod("x") + Manifest.policy("p")))
        let bad = Manifest.pod("w") + "---\napiVersion: v1\nkind: Pod\n"
        let update = store.update(file: "a.yaml", with: source(bad))
        #expect(update.changes.isEmpty)
        #expect(update.diagnostics.count == 1)
        #expect(store.problems["a.yaml"]?.count == 1)
        #expect(store.isComplete)
        let good = store.update(file: "a.yaml", with: source(Manifest.pod("w")))
        #expect(names(good.changes) == ["-policy shop/p", "+pod shop/w", "-pod shop/x"])
        #expect(store.problems.isEmpty)
    }

    @Test("A file that was never good contributes nothing and keeps the store incomplete")
    func neverGood() {
        var store = ManifestStore()
        _ = store.update([])
        let update = store.update(file: "a.yaml", with: source("kind: Pod\n"))
        #expect(update.changes.isEmpty)
        #expect(!store.isComplete)
        _ = store.update(file: "a.yaml", with: nil)
        #expect(store.isComplete)
        #expect(store.problems.isEmpty)
    }

    @Test("An empty file is an error, whether it had objects or not")
    func empty() {
        var store = ManifestStore()
        _ = store.update([("a.yaml", source(Manifest.pod("x"))), ("b.yaml", source("---\n"))])
        #expect(
            store.problems["b.yaml"]?.map(\.description) == [
                "b.yaml:1 (document 1): is empty; write its objects into it, or delete it"
            ])
        #expect(!store.isComplete)
        #expect(store.update(file: "a.yaml", with: source("")).changes.isEmpty)
        #expect(
            store.problems["a.yaml"]?.map(\.description) == [
                "a.yaml:1 (document 1): is empty now; its last content stays in force; "
                    + "delete the file to remove its objects"
            ])
    }

    @Test("Of an object in two files the first by path counts, and the other follows it")
    func collision() {
        var store = ManifestStore()
        _ = store.update(file: "b.yaml", with: source(Manifest.pod("x", labels: "{v: b}")))
        let update = store.update(
            file: "a.yaml", with: source(Manifest.pod("x", labels: "{v: a}")))
        #expect(names(update.changes) == ["+pod shop/x"])
        #expect(store.state.endpoints.first?.labels == ["v": "a"])
        #expect(
            store.problems["b.yaml"]?.map(\.description) == [
                "b.yaml:2 (document 1): Pod shop/x: is defined twice, first at a.yaml:2 "
                    + "(document 1); keep one of the two"
            ])
        #expect(update.diagnostics == store.problems["b.yaml"])
        let after = store.update(file: "a.yaml", with: nil)
        #expect(names(after.changes) == ["+pod shop/x"])
        #expect(store.state.endpoints.first?.labels == ["v": "b"])
        #expect(store.problems.isEmpty)
    }

    @Test("An object that moves between files in one batch does not change")
    func move() {
        var store = ManifestStore()
        let x = source(Manifest.pod("x"))
        _ = store.update([("a.yaml", x)])
        #expect(store.update([("a.yaml", nil), ("b.yaml", x)]).changes.isEmpty)
        #expect(store.update([("c.yaml", x), ("b.yaml", nil)]).changes.isEmpty)
        #expect(store.problems.isEmpty)
    }

    @Test("S20: pods that come to share an address give a warning, once")
    func sharedAddress() {
        var store = ManifestStore()
        let update = store.update([
            ("a.yaml", source(Manifest.pod("x", address: "10.0.0.1"))),
            ("b.yaml", source(Manifest.pod("w", address: "10.0.0.1"))),
        ])
        #expect(update.diagnostics.map(\.severity) == [.warning])
        #expect(update.diagnostics.first?.message.contains("10.0.0.1") ?? false)
        let again = store.update(
            file: "b.yaml", with: source(Manifest.pod("w", labels: "{v: a}", address: "10.0.0.1")))
        #expect(again.diagnostics.isEmpty)
        _ = store.update(file: "a.yaml", with: nil)
        let third = store.update(
            file: "a.yaml", with: source(Manifest.pod("z", address: "10.0.0.1")))
        #expect(third.diagnostics.count == 1)
    }

    @Test("Whatever the order and the batches, the changes lead to what the files mean")
    func property() {
        for seed in 0..<120 as Range<UInt64> {
            var random = SeededGenerator(seed: seed)
            let files = ["a.yaml", "b.yaml", "c.yaml", "d.yaml"]
            var store = ManifestStore()
            var applied = ClusterState.nothing
            var lastGood: [String: Source] = [:]
            var everything: [(file: String, source: Source?)] = []
            for _ in 0..<random.number(in: 1...8) {
                var updates: [(file: String, source: Source?)] = []
                for _ in 0..<random.number(in: 1...4) {
                    let file = random.pick(files)
                    let source =
                        random.chance(20)
                        ? nil : Source(name: file, text: Manifest.random(&random))
                    updates.append((file, source))
                    let alone = source.map(Self.isGood) ?? true
                    if alone { lastGood[file] = source }
                }
                everything += updates
                let before = applied
                let changes = store.update(updates).changes
                applied.apply(changes)
                #expect(
                    Set(changes) == Set(before.inOrder.changes(to: applied.inOrder)),
                    "seed \(seed): redundant changes")
                #expect(changes.count == Set(changes).count, "seed \(seed)")
                let expected = Self.assembled(lastGood)
                #expect(applied.inOrder == expected, "seed \(seed)")
                #expect(store.state == expected, "seed \(seed)")
            }
            var oneByOne = ManifestStore()
            for (file, source) in everything { _ = oneByOne.update(file: file, with: source) }
            var atOnce = ManifestStore()
            _ = atOnce.update(everything)
            #expect(oneByOne.state == store.state, "seed \(seed)")
            #expect(atOnce.state == store.state, "seed \(seed)")
            #expect(oneByOne.problems == store.problems, "seed \(seed)")
            #expect(atOnce.problems == store.problems, "seed \(seed)")
            #expect(atOnce.isComplete == store.isComplete, "seed \(seed)")
            #expect(store.objectCount["Pod"] == applied.endpoints.count, "seed \(seed)")
        }
    }

    private static func isGood(_ source: Source) -> Bool {
        let documents = DocumentDecoder().decode([source])
        let together = ClusterAssembly(documents).diagnostics.contains { $0.severity == .error }
        return !documents.hasErrors && documents.emptySources.isEmpty && !together
    }

    /// As the one-shot commands put files together, without the namespaces that are implied.
    private static func assembled(_ files: [String: Source]) -> ClusterState {
        let documents = DocumentDecoder().decode(
            files.sorted { $0.key < $1.key }.map(\.value))
        var state = ClusterAssembly(documents).state
        let defined = Set(documents.namespaces.map(\.value.name))
        state.namespaces.removeAll { !defined.contains($0.name) }
        return state
    }
}
