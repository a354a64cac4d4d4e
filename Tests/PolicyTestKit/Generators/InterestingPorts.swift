// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// The port numbers at which the rules of a world may change their mind.
struct InterestingPorts {
    /// In ascending order: both ends of every range that a rule names and their neighbours, every
    /// number that a pod gives a name, and one that nobody mentions.
    let destinations: [UInt16]
    /// The same of source ports; nothing but nil where no rule asks for them.
    let sources: [UInt16?]

    init(_ state: ClusterState) {
        let rules = state.everyRule
        let named = state.endpoints.flatMap(\.namedPorts).map(\.number)
        let served = state.serviceSlices.flatMap(\.ports).map(\.number)
        let unmentioned: UInt16 = 12345
        destinations = Set(
            Self.edges(rules.flatMap(\.everyDestinationPort)) + named + served + [unmentioned]
        ).subtracting([0]).sorted()
        let matches = rules.flatMap(\.everySourcePort)
        let asksNames = matches.contains { if case .named = $0 { true } else { false } }
        sources =
            matches.isEmpty
            ? [nil]
            : Set(Self.edges(matches) + (asksNames ? named : []) + [unmentioned])
                .subtracting([0]).sorted()
    }

    private static func edges(_ matches: [PortMatch]) -> [UInt16] {
        matches.flatMap { match -> [UInt16] in
            guard case .numbers(_, let range) = match else { return [] }
            return [Int(range.lowerBound), Int(range.upperBound)]
                .flatMap { [$0 - 1, $0, $0 + 1] }.compactMap(UInt16.init(exactly:))
        }
    }
}

extension Rule {
    /// What the rule says of destination ports and messages, exceptions too.
    var everyDestinationPort: [PortMatch] { ports.listed + conditions.exceptPorts }

    /// What the rule says of source ports, exceptions too.
    var everySourcePort: [PortMatch] {
        conditions.sourcePorts.listed + conditions.exceptSourcePorts
    }
}

extension Ports {
    fileprivate var listed: [PortMatch] {
        if case .only(let matches) = self { matches } else { [] }
    }
}
