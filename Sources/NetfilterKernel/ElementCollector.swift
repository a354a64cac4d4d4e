// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import NftablesModel

/// Gathers the elements of one set from the parts of a dump, and gives them the form that suits
/// the set.
struct ElementCollector {
    /// An element of any form.
    private struct Element {
        var entry: SetEntry
        /// Ends the interval that an element before it begins.
        var isEnd: Bool
        /// The key's first eight bytes as a number, with zeros behind a shorter one: tells most
        /// keys apart without looking at them.
        var prefix: UInt64

        /// In order of keys, and for the same key ends before beginnings.
        static func ascends(_ left: Element, _ right: Element) -> Bool {
            if left.prefix != right.prefix { return left.prefix < right.prefix }
            if left.isEnd != right.isEnd, left.entry.key == right.entry.key { return left.isEnd }
            return SetEntry.ascends(left.entry, right.entry)
        }
    }

    private let hasBoundaries: Bool
    private let isInterval: Bool
    private let isVerdictMap: Bool
    private let isPlainIPv4: Bool
    private let isPlainIPv6: Bool
    private var ipv4: [UInt32] = []
    private var ipv6: [UInt128] = []
    /// All that is no single address in a plain set of them.
    private var elements: [Element] = []
    /// An element carries what the model does not hold.
    private var isForeign = false

    init(_ set: NamedSet) {
        // Where the key is unknown, the pieces stay as they came.
        hasBoundaries = set.hasBoundaryElements
        isInterval = set.isInterval
        isVerdictMap = set.isVerdictMap
        isPlainIPv4 = set.key == [.ipv4Address] && !set.isInterval && !set.isVerdictMap
        isPlainIPv6 = set.key == [.ipv6Address] && !set.isInterval && !set.isVerdictMap
    }

    /// - Parameter list: the elements of one message.
    mutating func add(_ list: AttributeList) {
        for attribute in list { add(element: attribute.nested) }
    }

    private mutating func add(element list: AttributeList) {
        var key: ByteView?
        var keyEnd: ByteView?
        var data: AttributeList?
        var userData: ByteView?
        var flags: UInt32 = 0
        for attribute in list {
            switch attribute.type {
            case ElementAttribute.key: key = Self.value(attribute)
            case ElementAttribute.keyEnd: keyEnd = Self.value(attribute)
            case ElementAttribute.data: data = attribute.nested
            case ElementAttribute.userData: userData = attribute.value
            case ElementAttribute.flags: flags = attribute.uint32 ?? .max
            case ElementAttribute.padding: break
            default: isForeign = true
            }
        }
        if flags == 0, let key {
            if isPlainIPv4, let address: UInt32 = key.networkInteger() {
                ipv4.append(address)
                return
            }
            if isPlainIPv6, let address: UInt128 = key.networkInteger() {
                ipv6.append(address)
                return
            }
        }
        if flags & ~(ElementFlag.intervalEnd | ElementFlag.catchAll) != 0 { isForeign = true }
        if flags & ElementFlag.catchAll != 0 { key = nil }
        let entry = SetEntry(
            key: key?.array ?? [], keyEnd: keyEnd?.array,
            verdict: data.flatMap { Verdict(data: $0) },
            comment: UserData.text(UserDataType.comment, in: userData))
        elements.append(
            Element(
                entry: entry, isEnd: flags & ElementFlag.intervalEnd != 0,
                prefix: key?.prefix ?? 0))
    }

    /// Sorts the elements when all were added.
    ///
    /// - Returns: whether each came once. A hash set that the kernel is enlarging in the background
    ///   gets a new order between two parts of its dump, and no generation tells: for each element
    ///   that is missing then, another comes twice.
    mutating func settle() -> Bool {
        ipv4.sort()
        ipv6.sort()
        sortElements()
        return !Self.hasTwins(ipv4, ==) && !Self.hasTwins(ipv6, ==)
            && !Self.hasTwins(elements) {
                $0.prefix == $1.prefix && $0.isEnd == $1.isEnd && $0.entry.key == $1.entry.key
                    && $0.entry.keyEnd == $1.entry.keyEnd
            }
    }

    /// Moves numbers rather than elements, each of which owns arrays.
    private mutating func sortElements() {
        var order = elements.enumerated().map { (prefix: $1.prefix, index: $0) }
        order.sort { [elements] left, right in
            left.prefix == right.prefix
                ? Element.ascends(elements[left.index], elements[right.index])
                : left.prefix < right.prefix
        }
        elements = order.map { elements[$0.index] }
    }

    /// Whether two neighbours are alike.
    private static func hasTwins<Value>(
        _ values: [Value], _ areAlike: (Value, Value) -> Bool
    ) -> Bool {
        var index = 1
        while index < values.count {
            if areAlike(values[index - 1], values[index]) { return true }
            index += 1
        }
        return false
    }

    /// The bytes of a key.
    private static func value(_ attribute: Attribute) -> ByteView? {
        for inner in attribute.nested where inner.type == DataAttribute.value { return inner.value }
        return nil
    }

    /// Gives the set its elements, which are settled, and marks it if some are not of a form that
    /// Sluice writes.
    func finish(_ set: inout NamedSet) {
        var isForeign = isForeign
        set.elements = finished(set.key, &isForeign)
        if isForeign { set.foreignFlags |= NamedSet.foreignElementsFlag }
    }

    private func finished(_ key: [FieldType], _ isForeign: inout Bool) -> SetElements {
        if elements.isEmpty {
            if isPlainIPv4 { return .ipv4(ipv4) }
            if isPlainIPv6 { return .ipv6(ipv6) }
        }
        var entries = hasBoundaries ? joined(&isForeign) : elements.map(\.entry)
        if hasBoundaries, !isVerdictMap {
            if key == [.ipv4Address], let set: IntervalSet<UInt32> = Self.intervals(entries) {
                return .ipv4Intervals(set)
            }
            if key == [.ipv6Address], let set: IntervalSet<UInt128> = Self.intervals(entries) {
                return .ipv6Intervals(set)
            }
        }
        if !ipv4.isEmpty || !ipv6.isEmpty {
            entries += ipv4.map { SetEntry(key: $0.networkBytes) }
            entries += ipv6.map { SetEntry(key: $0.networkBytes) }
            entries.sort(by: SetEntry.ascends)
        }
        return .entries(entries)
    }

    /// Beginnings and ends made into intervals, as the kernel's lookup reads them: an element
    /// holds up to the next one, be it an end or another beginning.
    private func joined(_ isForeign: inout Bool) -> [SetEntry] {
        var result: [SetEntry] = elements.filter(\.entry.key.isEmpty).map(\.entry)
        var open: SetEntry?
        let boundaries = elements.filter { !$0.entry.key.isEmpty }
        for (index, boundary) in boundaries.enumerated() {
            if var entry = open {
                entry.keyEnd = Self.predecessor(of: boundary.entry.key)
                result.append(entry)
                if !boundary.isEnd { isForeign = true }
            } else if boundary.isEnd, index > 0 || boundary.entry.key.contains(where: { $0 != 0 }) {
                // nft begins a set with an end at zero; any other one ends nothing.
                isForeign = true
            }
            open = boundary.isEnd ? nil : boundary.entry
        }
        if var entry = open {
            entry.keyEnd = entry.key.map { _ in 0xff }
            result.append(entry)
        }
        return result
    }

    /// The key minus one.
    private static func predecessor(of key: [UInt8]) -> [UInt8] {
        var previous = key
        for index in previous.indices.reversed() {
            previous[index] &-= 1
            if previous[index] != 0xff { break }
        }
        return previous
    }

    /// The entries as a set of intervals; nil if it would not have the same ones.
    private static func intervals<Bits: AddressBits>(_ entries: [SetEntry]) -> IntervalSet<Bits>? {
        var ranges: [ClosedRange<Bits>] = []
        ranges.reserveCapacity(entries.count)
        for entry in entries {
            guard let low: Bits = number(entry.key),
                let high: Bits = number(entry.keyEnd ?? entry.key), low <= high
            else { return nil }
            ranges.append(low...high)
        }
        let set = IntervalSet(ranges)
        return set.intervals.count == ranges.count ? set : nil
    }

    private static func number<Bits: AddressBits>(_ bytes: [UInt8]) -> Bits? {
        guard bytes.count == Bits.bitWidth / 8 else { return nil }
        var number: Bits = 0
        for byte in bytes { number = number << 8 | Bits(truncatingIfNeeded: byte) }
        return number
    }
}
