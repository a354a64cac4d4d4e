// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import ClusterSources
import PolicyDocuments
import PolicyModel
import PolicyTestKit
import Testing

@Suite struct ObjectStoreTests {
    private static let pod = TypeName(apiVersion: "v1", kind: "Pod")

    private func place(_ name: String) -> ObjectPlace {
        ObjectPlace(resource: "pods", namespace: "shop", name: name)
    }

    /// As items of lists are: they do not say what they are.
    private func pod(_ name: String, _ version: Int = 0, address: String? = nil) -> [UInt8] {
        let status = address.map { #", "status": {"podIP": "\#($0)"}"# } ?? ""
        return Array(
            #"{"metadata": {"name": "\#(name)", "namespace": "shop", "labels": {"v": "\#(version)"}}\#(status)}"#
                .utf8)
    }

    /// What has changed, which must be something.
    private func change(
        _ store: inout ObjectStore, isComplete: Bool = true, problems: [SourceProblem] = [],
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> SourceUpdate {
        let update = store.settle(isComplete: isComplete, problems: problems)
        return try #require(update, sourceLocation: sourceLocation)
    }

    private func isQuiet(
        _ store: inout ObjectStore, isComplete: Bool = true, problems: [SourceProblem] = []
    ) -> Bool {
        store.settle(isComplete: isComplete, problems: problems) == nil
    }

    @Test("objects come, change and go; what a list does not have is gone")
    func lifetimes() throws {
        var store = ObjectStore()
        store.put(pod("a"), as: Self.pod, at: place("a"))
        store.put(pod("b"), as: Self.pod, at: place("b"))
        let first = try change(&store)
        #expect(first.isComplete)
        #expect(first.objectCount["Pod"] == 2)
        let quiet4 = isQuiet(&store)
        #expect(quiet4)
        store.put(pod("a"), as: Self.pod, at: place("a"))
        let quiet5 = isQuiet(&store)
        #expect(quiet5, "the same again is no change")
        store.put(pod("b", 1), as: Self.pod, at: place("b"))
        let update1 = try change(&store)
        #expect(update1.changes.count == 1)
        store.beginList(of: "pods")
        store.put(pod("b", 1), as: Self.pod, at: place("b"))
        store.put(pod("c"), as: Self.pod, at: place("c"))
        #expect(store.state.endpoints.map(\.id.name) == ["a", "b", "c"], "the list may break off")
        store.endList(of: "pods")
        let relisted = try change(&store)
        #expect(relisted.changes.count == 2)
        #expect(store.state.endpoints.map(\.id.name) == ["b", "c"])
        store.remove(place("b"))
        store.remove(place("never"))
        let update2 = try change(&store)
        #expect(update2.changes.count == 1)
        #expect(store.count(of: "pods") == 1)
    }

    @Test("an object that cannot be read keeps its last good content, and stops no other")
    func isolation() throws {
        var store = ObjectStore()
        let broken = Array(#"{"metadata": {"name": "a"}, "spec": 7}"#.utf8)
        store.put(broken, as: Self.pod, at: place("a"))
        store.put(pod("b"), as: Self.pod, at: place("b"))
        let first = try change(&store)
        #expect(first.isComplete)
        #expect(first.problems.map(\.path) == ["pods/shop/a"])
        #expect(first.problems.first?.text.contains("spec") == true)
        #expect(store.state.endpoints.map(\.id.name) == ["b"])
        store.put(pod("a", 1), as: Self.pod, at: place("a"))
        let update3 = try change(&store)
        #expect(update3.problems.isEmpty)
        store.put(broken, as: Self.pod, at: place("a"))
        store.put(Array("{".utf8), as: Self.pod, at: place("b"))
        let again = try change(&store)
        #expect(again.changes.isEmpty)
        #expect(again.problems.map(\.path) == ["pods/shop/a", "pods/shop/b"])
        #expect(store.state.endpoints.map(\.id.name) == ["a", "b"])
        store.remove(place("a"))
        store.removeAll(of: "pods")
        let end = try change(&store)
        #expect(end.changes.count == 2)
        #expect(end.problems.isEmpty)
    }

    @Test("the source's own problems stand beside the objects', and are told once")
    func problems() throws {
        var store = ObjectStore()
        let problem = SourceProblem(path: "nodes", text: "nodes: cannot be listed")
        let first = try change(&store, isComplete: false, problems: [problem])
        #expect(first.problems == [problem])
        #expect(!first.isComplete)
        let isQuiet = isQuiet(&store, isComplete: false, problems: [problem])
        #expect(isQuiet)
        let last = try change(&store)
        #expect(last.problems.isEmpty)
        #expect(last.isComplete)
    }

    @Test("in whatever order objects come, change and go, the state is that of what stands")
    func order() throws {
        for seed in UInt64(0)..<60 {
            var random = SeededGenerator(seed: seed)
            var store = ObjectStore()
            var standing: [String: [UInt8]] = [:]
            for _ in 0..<80 {
                let name = "p\(random.number(in: 0...9))"
                switch random.number(in: 0...5) {
                case 0:
                    standing[name] = nil
                    store.remove(place(name))
                case 1:
                    standing = standing.filter { _ in random.chance(70) }
                    // Some of the lists break off, and begin again.
                    for isWhole in [random.chance(50), true] {
                        store.beginList(of: "pods")
                        for (name, object) in standing.sorted(by: { $0.key < $1.key })
                        where isWhole || random.chance(50) {
                            store.put(object, as: Self.pod, at: place(name))
                        }
                        if isWhole { store.endList(of: "pods") }
                    }
                case 2: _ = store.settle(isComplete: true)
                default:
                    let object = pod(
                        name, random.number(in: 0...3),
                        address: "10.0.0.\(random.number(in: 1...5))")
                    standing[name] = object
                    store.put(object, as: Self.pod, at: place(name))
                }
            }
            _ = store.settle(isComplete: true)
            var fresh = ObjectStore()
            for (name, object) in standing.sorted(by: { $0.key < $1.key }) {
                fresh.put(object, as: Self.pod, at: place(name))
            }
            _ = fresh.settle(isComplete: true)
            #expect(store.state == fresh.state, "seed \(seed)")
        }
    }
}
