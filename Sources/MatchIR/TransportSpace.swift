// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives

/// A set of protocols with, for each, a set of 16-bit numbers: ports, or in ICMP the type in the
/// upper and the code in the lower byte (S64).
public struct TransportSpace: Hashable, Sendable {
    /// Whether the protocols belong to it, with all their numbers, that ``numbers`` does not name.
    public private(set) var hasOthers: Bool
    /// The numbers of some protocols, none of which is as ``hasOthers`` says.
    public private(set) var numbers: [IPProtocol: IntervalSet<UInt16>]

    /// No packet.
    static let nothing = TransportSpace(hasOthers: false, numbers: [:])
    /// Every packet.
    static let everything = TransportSpace(hasOthers: true, numbers: [:])

    private init(hasOthers: Bool, numbers: [IPProtocol: IntervalSet<UInt16>]) {
        self.hasOthers = hasOthers
        self.numbers = numbers.filter { hasOthers ? !$0.value.isFull : !$0.value.isEmpty }
    }

    /// Some numbers of one protocol.
    init(_ transport: IPProtocol, _ numbers: IntervalSet<UInt16> = .full) {
        self.init(hasOthers: false, numbers: [transport: numbers])
    }

    /// The ports of one protocol from one number to another.
    init(_ transport: IPProtocol, _ ports: ClosedRange<UInt16>) {
        self.init(transport, IntervalSet(ports))
    }

    /// Some numbers of several protocols.
    init(_ ranges: [IPProtocol: [ClosedRange<UInt16>]]) {
        self.init(hasOthers: false, numbers: ranges.mapValues { IntervalSet($0) })
    }

    var isEmpty: Bool { !hasOthers && numbers.isEmpty }
    var isEverything: Bool { hasOthers && numbers.isEmpty }

    /// The numbers of a protocol.
    subscript(transport: IPProtocol) -> IntervalSet<UInt16> {
        numbers[transport] ?? (hasOthers ? .full : .empty)
    }

    var complement: Self {
        Self(hasOthers: !hasOthers, numbers: numbers.mapValues(\.complement))
    }

    func union(_ other: Self) -> Self {
        if isEmpty { return other }
        if other.isEmpty { return self }
        return combined(other, hasOthers: hasOthers || other.hasOthers) { $0.union($1) }
    }

    func intersection(_ other: Self) -> Self {
        if isEverything { return other }
        if other.isEverything { return self }
        return combined(other, hasOthers: hasOthers && other.hasOthers) { $0.intersection($1) }
    }

    func subtracting(_ other: Self) -> Self { intersection(other.complement) }

    private func combined(
        _ other: Self, hasOthers: Bool,
        _ combine: (IntervalSet<UInt16>, IntervalSet<UInt16>) -> IntervalSet<UInt16>
    ) -> Self {
        var result: [IPProtocol: IntervalSet<UInt16>] = [:]
        for transport in Set(numbers.keys).union(other.numbers.keys) {
            result[transport] = combine(self[transport], other[transport])
        }
        return Self(hasOthers: hasOthers, numbers: result)
    }
}

extension TransportSpace: CustomStringConvertible {
    /// `tcp 80,1000-2000; udp`, and what is left of the others: `all but icmp 2048; tcp`. Equal for
    /// equal spaces only.
    public var description: String {
        let named = hasOthers ? complement.numbers : numbers
        let parts = named.sorted { $0.key < $1.key }.map { transport, numbers in
            numbers.isFull ? "\(transport)" : "\(transport) \(numbers.rangesText)"
        }
        return (hasOthers ? "all but " : "") + parts.joined(separator: "; ")
    }
}

extension IntervalSet<UInt16> {
    /// `80,1000-2000`.
    var rangesText: String {
        intervals.map {
            $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)"
        }.joined(separator: ",")
    }
}

extension IPProtocol {
    /// Whether the protocol has types and codes where others have their ports.
    public var hasMessageTypes: Bool { self == .icmp || self == .icmpv6 }
}
