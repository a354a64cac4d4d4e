// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import NftablesModel

/// Writes elements as raw attributes: one growing buffer, no allocation for each of them.
///
/// The list of a message's elements is an attribute and so ends at 64 KiB: many elements become
/// several messages.
struct ElementEncoder {
    /// What an element can take at most: two keys, a verdict with a chain and a comment.
    private static let longestElement = 768

    private let batch: Batch
    private let step: Int?
    private let buffer: MessageBuffer
    private let table: String
    private let set: NamedSet
    private let isDeletion: Bool
    private var message = 0
    private var list = 0

    /// Appends messages that add `elements` to the set, or delete them from it.
    static func append(
        _ elements: SetElements, to set: NamedSet, table: String, isDeletion: Bool,
        batch: Batch, step: Int
    ) {
        guard elements.count > 0 else { return }
        var encoder = ElementEncoder(
            batch: batch, step: step, table: table, set: set, isDeletion: isDeletion)
        encoder.begin()
        switch elements {
        case .ipv4(let addresses): encoder.append(addresses)
        case .ipv6(let addresses): encoder.append(addresses)
        case .ipv4Intervals(let intervals): encoder.append(intervals)
        case .ipv6Intervals(let intervals): encoder.append(intervals)
        case .entries(let entries): encoder.append(entries)
        }
        encoder.end()
    }

    /// Appends a message that names the set and changes nothing.
    static func appendNoElements(to set: NamedSet, table: String, batch: Batch) {
        var encoder = ElementEncoder(
            batch: batch, step: nil, table: table, set: set, isDeletion: false)
        encoder.begin()
        encoder.end()
    }

    private init(batch: Batch, step: Int?, table: String, set: NamedSet, isDeletion: Bool) {
        self.batch = batch
        self.step = step
        buffer = batch.buffer
        self.table = table
        self.set = set
        self.isDeletion = isDeletion
    }

    private mutating func begin() {
        message = buffer.beginMessage(
            type: isDeletion ? MessageType.deleteElements : MessageType.newElements,
            flags: isDeletion ? 0 : MessageFlag.create, sequence: batch.next(step))
        buffer.append(ElementListAttribute.table, table)
        // The kernel finds a set of this batch by its number at once, one by name only by going
        // through all sets of the table.
        if !isDeletion, let identifier = batch.identifier(ofNewSet: set.name) {
            buffer.append(ElementListAttribute.setIdentifier, identifier)
        } else {
            buffer.append(ElementListAttribute.set, set.name)
        }
        list = buffer.beginNested(ElementListAttribute.elements)
    }

    private func end() {
        buffer.endNested(at: list)
        buffer.endMessage(at: message)
    }

    /// Goes on in a new message where the list is nearly full.
    private mutating func makeRoom() {
        if buffer.count - list > Int(UInt16.max) - Self.longestElement {
            end()
            begin()
        }
    }

    private mutating func append<Bits: AddressBits & BitwiseCopyable>(_ addresses: [Bits]) {
        for address in addresses { append(address, flags: 0) }
    }

    /// The beginning and the value behind the end; a set whose last interval reaches the maximum
    /// has no end there.
    private mutating func append<Bits: AddressBits & BitwiseCopyable>(_ set: IntervalSet<Bits>) {
        for interval in set.intervals {
            append(interval.lowerBound, flags: 0, isOpen: interval.upperBound == Bits.max)
            if interval.upperBound < Bits.max {
                append(interval.upperBound + 1, flags: ElementFlag.intervalEnd)
            }
        }
    }

    private mutating func append<Bits: AddressBits & BitwiseCopyable>(
        _ address: Bits, flags: UInt32, isOpen: Bool = false
    ) {
        makeRoom()
        let element = buffer.beginNested(ListAttribute.element)
        if flags != 0 { buffer.append(ElementAttribute.flags, flags) }
        let key = buffer.beginNested(ElementAttribute.key)
        buffer.append(DataAttribute.value, address)
        buffer.endNested(at: key)
        if isOpen { appendUserData(comment: nil, isOpen: true) }
        buffer.endNested(at: element)
    }

    private mutating func append(_ entries: [SetEntry]) {
        for entry in entries {
            if entry.key.isEmpty {
                append(entry, key: nil, keyEnd: nil, flags: ElementFlag.catchAll)
            } else if set.hasBoundaryElements {
                let behind = Self.successor(of: entry.keyEnd ?? entry.key)
                append(entry, key: entry.key, keyEnd: nil, isOpen: behind == nil)
                if let behind {
                    append(nil, key: behind, keyEnd: nil, flags: ElementFlag.intervalEnd)
                }
            } else {
                append(
                    entry, key: entry.key, keyEnd: set.isInterval ? entry.keyEnd ?? entry.key : nil)
            }
        }
    }

    /// - Parameter entry: gives the verdict and the comment; nil for an interval's end.
    private mutating func append(
        _ entry: SetEntry?, key: [UInt8]?, keyEnd: [UInt8]?, flags: UInt32 = 0, isOpen: Bool = false
    ) {
        makeRoom()
        let element = buffer.beginNested(ListAttribute.element)
        if flags != 0 { buffer.append(ElementAttribute.flags, flags) }
        if let key { appendValue(ElementAttribute.key, key) }
        if let keyEnd { appendValue(ElementAttribute.keyEnd, keyEnd) }
        if let verdict = entry?.verdict, !isDeletion { append(verdict) }
        appendUserData(comment: entry?.comment, isOpen: isOpen)
        buffer.endNested(at: element)
    }

    private func appendValue(_ type: UInt16, _ bytes: [UInt8]) {
        let data = buffer.beginNested(type)
        buffer.append(DataAttribute.value, bytes)
        buffer.endNested(at: data)
    }

    private func append(_ verdict: Verdict) {
        let data = buffer.beginNested(ElementAttribute.data)
        let nested = buffer.beginNested(DataAttribute.verdict)
        buffer.append(DataAttribute.verdictCode, verdict.code)
        if let chain = verdict.chain { buffer.append(DataAttribute.verdictChain, chain) }
        buffer.endNested(at: nested)
        buffer.endNested(at: data)
    }

    /// nft prints an interval that reaches the maximum by its prefix if it is marked as open.
    private func appendUserData(comment: String?, isOpen: Bool) {
        guard !isDeletion, comment != nil || isOpen else { return }
        var data = UserData()
        if let comment { data.append(UserDataType.comment, text: comment) }
        if isOpen {
            data.append(UserDataType.elementFlags, number: UserDataType.elementIntervalOpen)
        }
        buffer.append(ElementAttribute.userData, data.bytes)
    }

    /// The key plus one; nil behind the greatest.
    private static func successor(of key: [UInt8]) -> [UInt8]? {
        var next = key
        for index in next.indices.reversed() {
            next[index] &+= 1
            if next[index] != 0 { return next }
        }
        return nil
    }
}
