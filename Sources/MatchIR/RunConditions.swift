// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives

/// What a run asks of a packet besides that its peer is in the run's set. All of it must hold.
public struct RunConditions: Hashable, Sendable {
    /// The packet's family; nil for both.
    public var family: AddressFamily?
    /// Further questions about its addresses.
    public var addresses: Set<AddressTest> = []
    /// Its source port; nil where any will do.
    public var sourcePorts: IntervalSet<UInt16>?
    /// Its protocol with its destination port, or its type and code; nil where any will do, or where
    /// the way to the run has told them.
    public var transport: TransportSpace?

    /// A question to a set about one of a packet's addresses.
    public struct AddressTest: Hashable, Sendable {
        /// The address that is looked up.
        public var side: Side
        /// The set in which it is looked up.
        public var set: MatchSet
        /// Whether it must not be a member.
        public var isInverted: Bool
    }

    /// One of a packet's addresses, seen from the endpoint that is judged.
    public enum Side: String, Hashable, Sendable {
        /// The endpoint's own.
        case own
        /// The other one.
        case peer
    }

    /// Nothing is asked.
    public static let none = Self()

    /// Nothing is asked.
    public var isEmpty: Bool { self == .none }
}

extension RunConditions {
    /// The conditions as text, in an order of their own; equal for equal conditions only.
    ///
    /// - Parameter name: what a set is called.
    public func parts(_ name: (MatchSet) -> String) -> [String] {
        var parts: [String] = []
        if let family { parts.append("IPv\(family.rawValue)") }
        parts += addresses.map { test in
            let subject = test.side == .own ? "itself" : "peer"
            return "\(subject) \(test.isInverted ? "not in" : "in") \(name(test.set))"
        }.sorted()
        if let sourcePorts { parts.append("from ports \(sourcePorts.rangesText)") }
        if let transport { parts.append("for \(transport)") }
        return parts
    }
}
