// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import RivalRulesets

/// What packets shall cost at most, and whether they do. Goals whose cases were not measured are
/// left out.
struct PacketGoals {
    private var results: [PacketCase: [PacketShape: PacketMeasurement.Result]] = [:]
    private var order: [PacketCase] = []

    mutating func note(_ kind: PacketCase, _ result: [PacketShape: PacketMeasurement.Result]) {
        results[kind] = result
        order.append(kind)
    }

    func print(_ report: Report) {
        flatness(report)
        againstFelix(report)
        established(report)
        objects(report)
    }

    private func added(_ kind: PacketCase, _ shape: PacketShape) -> Double? {
        results[kind]?[shape]?.added.median
    }

    /// Any number of policies that only allow costs about what one costs.
    private func flatness(_ report: Report) {
        for kind in order {
            guard case .allow(let count) = kind.policies, count > 1, !kind.isEstablished
            else { continue }
            var one = kind
            one.policies = .allow(1)
            // One policy is about one port.
            one.ports = .one
            if one.match == .first { one.match = .last }
            guard let many = added(kind, .sluice), let few = added(one, .sluice) else { continue }
            state("\(kind.name): cost over that of 1 policy", many / few, atMost: 1.25, report)
        }
    }

    /// A third of Felix's filter chains at one policy, a twentieth at fifty, where the last policy is the
    /// one that matches. (Where the first does, Felix is done soon, and how many follow is all the same.)
    private func againstFelix(_ report: Report) {
        for kind in order where !kind.isEstablished && kind.match == .last {
            guard let ours = added(kind, .sluice), let felix = added(kind, .felixFilter)
            else { continue }
            let limit: Double
            switch kind.policies {
            case .allow(1): limit = 1.0 / 3
            case .allow(50): limit = 1.0 / 20
            default: continue
            }
            state(
                "\(kind.name): cost over Felix-shaped filter chains", ours / felix, atMost: limit,
                report)
        }
    }

    /// Established flows: the whole of what comes on top of forwarding without any ruleset.
    private func established(_ report: Report) {
        for kind in order where kind.isEstablished {
            guard let ours = results[kind]?[.sluice]?.aboveBare.median,
                let chain = results[kind]?[.tracked]?.aboveBare.median
            else { continue }
            state("\(kind.name): cost over a conntrack chain", ours / chain, atMost: 1.1, report)
        }
    }

    /// Fewer of everything than Felix has for one family; here both are served.
    private func objects(_ report: Report) {
        for kind in order {
            guard let ours = results[kind]?[.sluice]?.objects,
                let felix = results[kind]?[.felixWhole]?.objects
            else { continue }
            let kinds: [(String, KeyPath<RulesetObjects, Int>)] = [
                ("rules", \.rules), ("chains", \.chains), ("sets", \.sets),
                ("elements", \.elements), ("expressions", \.expressions),
            ]
            for (name, count) in kinds {
                let (mine, theirs) = (ours[keyPath: count], felix[keyPath: count])
                state(
                    "\(kind.name): \(name) over Felix-shaped (\(mine), \(theirs))",
                    Double(mine) / Double(theirs), atMost: 1, report)
            }
        }
    }

    private func state(_ what: String, _ value: Double, atMost limit: Double, _ report: Report) {
        report.printGoal(what, value, limit: limit, isMet: value <= limit, comparison: "at most")
    }
}

extension Report {
    /// A goal, what was measured, and whether that meets it.
    func printGoal(
        _ what: String, _ value: Double, limit: Double, isMet: Bool, comparison: String
    ) {
        print(
            json: [
                "\"goal\": \"\(what)\"", "\"value\": \(Self.number(value))",
                "\"limit\": \(Self.number(limit))", "\"met\": \(isMet)",
            ],
            text: "goal: \(what): \(Self.number(value)), \(comparison) \(Self.number(limit)): "
                + (isMet ? "met" : "MISSED"))
    }
}
