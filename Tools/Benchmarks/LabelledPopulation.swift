// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel
import PolicyTestKit

/// Endpoints with labels as teams give them, and selectors in Calico's language that speak of them.
struct LabelledPopulation {
    private var random = SeededGenerator(seed: 1)

    private static let tiers = ["front", "back", "data", "batch", "edge"]
    private static let environments = ["production", "staging", "test", "development"]

    private mutating func application() -> String { "app-\(random.number(in: 0...199))" }
    private mutating func team() -> String { "team-\(random.number(in: 0...29))" }
    private mutating func version() -> String {
        "v\(random.number(in: 1...4)).\(random.number(in: 0...9))"
    }

    /// The labels of one endpoint.
    mutating func labels() -> [String: String] {
        var labels = [
            "app": application(), "team": team(), "version": version(),
            "tier": random.pick(Self.tiers), "environment": random.pick(Self.environments),
            "pod-template-hash": "\(random.number(in: 0...1_999))",
        ]
        if random.chance(10) { labels["legacy"] = "true" }
        if random.chance(20) { labels["pci"] = random.chance(50) ? "in-scope" : "connected" }
        return labels
    }

    /// Endpoints of 100 namespaces.
    mutating func endpoints(_ count: Int) -> [Endpoint] {
        (0..<count).map { number in
            Endpoint(
                id: EndpointID(namespace: "ns-\(number % 100)", name: "pod-\(number)"),
                labels: labels())
        }
    }

    /// One selector, of every kind that the language has.
    mutating func selector() -> String {
        let (app, other, team) = (application(), application(), team())
        let (tier, environment) = (random.pick(Self.tiers), random.pick(Self.environments))
        return random.pick(weighted: [
            "app == '\(app)'": 25,
            "app == '\(app)' && environment == '\(environment)'": 20,
            "app in {'\(app)', '\(other)'} && tier == '\(tier)'": 10,
            "tier == '\(tier)' && team == '\(team)'": 10,
            "(app == '\(app)' || app == '\(other)') && !has(legacy)": 8,
            "team == '\(team)' && environment != 'production'": 5,
            "app == '\(app)' || (team == '\(team)' && tier == '\(tier)')": 5,
            "has(pci) && team == '\(team)'": 4,
            "app not in {'\(app)', '\(other)'}": 4,
            "!(team == '\(team)' || tier == '\(tier)')": 3,
            "version starts with 'v\(random.number(in: 1...4)).' && app == '\(app)'": 3,
            "app contains '\(random.number(in: 10...99))'": 1,
            "app ends with '-\(random.number(in: 0...99))'": 1, "all()": 1,
        ])
    }
}
