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
        measureRelabelling(endpoints, selectors, &population)
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
        _ endpoints: [Endpoint], _ selectors: [Selector], _ population: inout LabelledPopulation
    ) {
        var index = SelectorIndex<Int>()
        for (number, selector) in selectors.enumerated() {
            index.insert(number, selector.ofEndpoints)
        }
        let clock = ContinuousClock()
        var ours: [Double] = []
        var naive: [Double] = []
        for endpoint in endpoints.prefix(1_000) {
            let old = endpoint.target(endpoint.labels)
            let new = endpoint.target(population.labels())
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
                name: "one endpoint of other labels, \(selectors.count) selectors", unit: "us",
                ours: Sample(ours), other: Sample(naive), otherIs: "every selector"))
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
