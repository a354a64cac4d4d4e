// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel
import PolicyTestKit
import Testing

@testable import PolicyResolution

/// The indexes find what asking every selector of every thing finds.
@Suite struct SelectorIndexTests {
    @Test("any selectors: those that match, and those that turn when labels change")
    func agreesWithAskingAll() {
        for seed in 0..<150 as Range<UInt64> {
            var world = SelectorWorld(seed: seed)
            var index = SelectorIndex<Int>()
            var selectors: [Int: EndpointSelector] = [:]
            for step in 0..<80 {
                if world.random.chance(25), let gone = selectors.keys.min() {
                    index.remove(gone, selectors[gone]!)
                    selectors[gone] = nil
                } else {
                    let selector = world.endpointSelector()
                    index.insert(step, selector)
                    selectors[step] = selector
                }
                let old = world.target()
                var new = old
                new.labels = world.labels()
                let before = Set(selectors.filter { $0.value.matches(old) }.keys)
                let after = Set(selectors.filter { $0.value.matches(new) }.keys)
                #expect(index.matches(old).sorted() == before.sorted(), "seed \(seed)")
                let (gained, lost) = index.turning(from: old, to: new)
                #expect(gained.sorted() == after.subtracting(before).sorted(), "seed \(seed)")
                #expect(lost.sorted() == before.subtracting(after).sorted(), "seed \(seed)")
            }
        }
    }

    @Test("a selector under a key takes the place of the former one")
    func replaces() {
        var index = SelectorIndex<String>()
        let target = SelectorWorld.pod(["a": "x"])
        index.insert("k", EndpointSelector(namespaces: .any, labels: .has("b")))
        #expect(index.matches(target) == [])
        index.insert("k", EndpointSelector(namespaces: .any, labels: .has("a")))
        #expect(index.matches(target) == ["k"])
    }

    @Test("selectors that come and go without end leave the others where they are")
    func renews() {
        var index = SelectorIndex<Int>()
        index.insert(-1, EndpointSelector(namespaces: .any, labels: .has("a")))
        for number in 0..<2_500 {
            let selector = EndpointSelector(
                namespaces: .any, labels: .isOneOf(key: "k\(number)", values: ["v"]))
            index.insert(number, selector)
            index.remove(number, selector)
        }
        #expect(index.matches(SelectorWorld.pod(["a": "x", "k7": "v"])) == [-1])
    }

    @Test("any endpoints: the members of each selector")
    func membersOfSelectors() {
        for seed in 0..<60 as Range<UInt64> {
            var world = SelectorWorld(seed: seed)
            let endpoints = (0..<world.random.number(in: 0...200)).map { number in
                Endpoint(
                    id: EndpointID(
                        namespace: world.random.pick(["shop", "bank"]), name: "p\(number)"),
                    labels: world.labels())
            }
            let index = EndpointIndex(endpoints, namespaces: [])
            for _ in 0..<40 {
                let labels = world.selector(depth: 3, keys: SelectorWorld.ownKeys)
                for scope in [NamespaceScope.any, .named("shop")] {
                    let expected = endpoints.indices.filter {
                        (scope == .any || endpoints[$0].id.namespace == "shop")
                            && labels.matches(endpoints[$0].labels)
                    }
                    let found = index.members(
                        of: EndpointSelector(namespaces: scope, labels: labels))
                    #expect(found.map(Int.init) == expected, "seed \(seed): \(labels)")
                }
            }
        }
    }
}

/// Random selectors and things, with virtual labels among the keys.
private struct SelectorWorld {
    var random: SeededGenerator

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    static let ownKeys = ["a", "b", "c"]
    private static let keys =
        ownKeys + [
            "projectcalico.org/namespace", "projectcalico.org/orchestrator", "pcns.team", "pcsa.a",
        ]
    private static let values = ["x", "y", "xy", "shop", "k8s"]

    mutating func selector(depth: Int, keys: [String]) -> Selector {
        let key = random.pick(keys)
        switch random.number(in: 0...(depth > 0 ? 7 : 4)) {
        case 0: return .has(key)
        case 1, 2:
            let values = random.some(random.number(in: 0...2), of: Self.values)
            return .isOneOf(key: key, values: values)
        case 3: return .isText(key: key, .contains(random.pick(Self.values)))
        case 4: return random.chance(20) ? .everything : .has(key)
        case 5: return .not(selector(depth: depth - 1, keys: keys))
        case 6:
            return .all(
                (0..<random.number(in: 0...3)).map { _ in selector(depth: depth - 1, keys: keys) })
        default:
            return .any(
                (0..<random.number(in: 0...3)).map { _ in selector(depth: depth - 1, keys: keys) })
        }
    }

    mutating func endpointSelector() -> EndpointSelector {
        EndpointSelector(
            namespaces: random.pick([
                .any, .any, .named("shop"), .named("bank"),
                .labelled(.isOneOf(key: "team", values: ["x"])),
            ]),
            labels: selector(depth: 3, keys: Self.keys),
            serviceAccounts: random.chance(20) ? .has("a") : nil,
            reach: random.chance(50) ? .pods : .everything)
    }

    mutating func labels() -> [String: String] {
        var labels: [String: String] = [:]
        for key in Self.ownKeys where random.chance(60) { labels[key] = random.pick(Self.values) }
        if random.chance(10) { labels["projectcalico.org/namespace"] = "shop" }
        if random.chance(10) { labels["pcns.team"] = "x" }
        return labels
    }

    /// A pod, or a network set with or without a namespace.
    mutating func target() -> SelectorTarget {
        var target = Self.pod(labels())
        target.kind = random.chance(60) ? .pod : nil
        target.namespace = target.kind == .pod ? "shop" : random.pick(["bank", nil])
        if target.kind != .pod { target.orchestrator = nil }
        if random.chance(50), target.namespace != nil {
            target.namespaceLabels = ["team": random.pick(Self.values)]
        }
        if random.chance(50) { target.accountLabels = ["a": random.pick(Self.values)] }
        return target
    }

    static func pod(_ labels: [String: String]) -> SelectorTarget {
        SelectorTarget(
            Endpoint(id: EndpointID(namespace: "shop", name: "web"), labels: labels),
            labels: labels, namespaceLabels: [:], accountLabels: [:])
    }
}
