// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyDocuments
import PolicyModel
import PolicyResolution

/// Calico's selectors over a cluster's endpoints: the members of each from scratch, and those that
/// turn when one endpoint's labels change; each beside asking every pair.
struct SelectorsBenchmark {
    let report: Report
    let runs: Int

    private static let endpointCount = 10_000
    private static let selectorCount = 1_000

    func run() throws {
        var population = LabelledPopulation()
        let endpoints = population.endpoints(Self.endpointCount)
        let texts = (0..<Self.selectorCount).map { _ in population.selector() }
        let selectors = try texts.map { try Selector(calico: $0) }
        report.print(
            .init(
                name: "\(texts.count) selectors read", unit: "ms",
                ours: try Sample(runs: runs) {
                    for text in texts { _ = try Selector(calico: text) }
                }
            ))
        measureMembers(endpoints, selectors)
        let others = endpoints.prefix(1_000).map { _ in population.labels() }
        measureRelabelling("one endpoint of other labels", endpoints, selectors, others)
        let versions = endpoints.prefix(1_000).map {
            $0.labels.merging(["version": "v5.0"]) { _, new in new }
        }
        measureRelabelling("one label of one endpoint", endpoints, selectors, versions)
        measureFollowing(endpoints, selectors, others)
    }

    private func measureMembers(_ endpoints: [Endpoint], _ selectors: [Selector]) {
        var found = 0
        let ours = Sample(runs: runs) {
            let index = EndpointIndex(endpoints, namespaces: [])
            found = selectors.reduce(0) { $0 + index.members(of: $1.ofEndpoints).count }
        }
        var expected = 0
        let naive = Sample(runs: runs) {
            expected = selectors.reduce(0) { sum, selector in
                sum + endpoints.count { selector.matches($0.labels) }
            }
        }
        precondition(found == expected, "the index finds \(found) members of \(expected)")
        report.print(
            .init(
                name: "members of \(selectors.count) selectors among \(endpoints.count) endpoints",
                unit: "ms", ours: ours, other: naive, otherIs: "every pair"))
    }

    private func measureRelabelling(
        _ name: String, _ endpoints: [Endpoint], _ selectors: [Selector],
        _ labels: [[String: String]]
    ) {
        var index = SelectorIndex<Int>()
        for (number, selector) in selectors.enumerated() {
            index.insert(number, selector.ofEndpoints)
        }
        let clock = ContinuousClock()
        var ours: [Double] = []
        var naive: [Double] = []
        for (endpoint, labels) in zip(endpoints, labels) {
            let old = endpoint.target(endpoint.labels)
            let new = endpoint.target(labels)
            var turned = 0
            ours.append(
                clock.measure {
                    let (gained, lost) = index.turning(from: old, to: new)
                    turned = gained.count + lost.count
                }.microseconds)
            var expected = 0
            naive.append(
                clock.measure {
                    expected = selectors.count {
                        $0.matches(old.labels) != $0.matches(new.labels)
                    }
                }.microseconds)
            precondition(turned == expected, "\(turned) selectors turn of \(expected)")
        }
        report.print(
            .init(
                name: "\(name), \(selectors.count) selectors", unit: "us",
                ours: Sample(ours), other: Sample(naive), otherIs: "every selector"))
    }

    /// The same in the agent's resolution, from the news to the addresses that come and go.
    private func measureFollowing(
        _ endpoints: [Endpoint], _ selectors: [Selector], _ labels: [[String: String]]
    ) {
        let live = LiveResolution(node: "node-0")
        var endpoints = endpoints
        for number in endpoints.indices {
            endpoints[number].addresses = [.ipv4(0x0a00_0000 + UInt32(number))]
        }
        _ = live.apply(endpoints.map { ClusterChange.endpoint($0.id, $0) })
        for selector in selectors { _ = live.follow(EndpointPeer(selector.ofEndpoints)) }
        let clock = ContinuousClock()
        var ours: [Double] = []
        for (endpoint, labels) in zip(endpoints, labels) {
            var new = endpoint
            new.labels = labels
            var turned = 0
            ours.append(
                clock.measure {
                    turned = live.apply([.endpoint(new.id, new)]).members.count
                }.microseconds)
            let expected = selectors.count {
                $0.matches(endpoint.labels) != $0.matches(new.labels)
            }
            precondition(turned == expected, "\(turned) selectors turn of \(expected)")
        }
        report.print(
            .init(
                name: "one endpoint of other labels, \(selectors.count) selectors followed",
                unit: "us", ours: Sample(ours)))
    }
}

extension Selector {
    fileprivate var ofEndpoints: EndpointSelector {
        EndpointSelector(namespaces: .any, labels: self, reach: .everything)
    }
}

extension Endpoint {
    fileprivate func target(_ labels: [String: String]) -> SelectorTarget {
        SelectorTarget(self, labels: labels, namespaceLabels: [:], accountLabels: [:])
    }
}
