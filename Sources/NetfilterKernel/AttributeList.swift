// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// A netlink attribute (`struct nlattr`): a type, and a value that is often a list of attributes
/// itself.
struct Attribute {
    /// Without the flag bits.
    let type: UInt16
    let value: ByteView

    var uint32: UInt32? { value.networkInteger() }
    var uint64: UInt64? { value.networkInteger() }
    var nested: AttributeList { AttributeList(value) }
}

/// Attributes one behind the other. Ends at the first one that is not whole; each step moves on by
/// at least the four bytes of a header.
struct AttributeList: Sequence, IteratorProtocol {
    private var rest: ByteView

    init(_ bytes: ByteView) { rest = bytes }

    /// The first attribute's value.
    var head: ByteView? {
        var list = self
        return list.next()?.value
    }

    mutating func next() -> Attribute? {
        guard let length = rest.integer(UInt16.self, at: 0).map(Int.init),
            length >= 4, length <= rest.count,
            let type = rest.integer(UInt16.self, at: 2)
        else { return nil }
        let value = rest.slice(from: 4, length: length - 4)
        rest = rest.slice(from: (length + 3) & ~3)
        return Attribute(type: type & AttributeFlag.typeMask, value: value)
    }
}

/// The attributes of a list by type, without any allocation.
struct AttributeIndex {
    private static let capacity = 32
    private var slots: InlineArray<32, ByteView?> = InlineArray(repeating: nil)
    /// One bit for each type that is there.
    private var present: UInt32 = 0
    /// There are types beyond those that the index holds, or one type twice.
    private var hasOthers = false

    init(_ list: AttributeList) {
        for attribute in list {
            let type = Int(attribute.type)
            guard type < Self.capacity, present & (1 << type) == 0 else {
                hasOthers = true
                continue
            }
            slots[type] = attribute.value
            present |= 1 << type
        }
    }

    subscript(type: UInt16) -> ByteView? { type < Self.capacity ? slots[Int(type)] : nil }

    func uint8(_ type: UInt16) -> UInt8? { self[type]?.networkInteger() }
    func uint32(_ type: UInt16) -> UInt32? { self[type]?.networkInteger() }
    func uint64(_ type: UInt16) -> UInt64? { self[type]?.networkInteger() }
    func string(_ type: UInt16) -> String? { self[type]?.string }
    func list(_ type: UInt16) -> AttributeList? { self[type].map { AttributeList($0) } }

    /// Whether no attributes are there but these.
    func holdsOnly(_ types: UInt16...) -> Bool {
        !hasOthers && types.reduce(present) { $0 & ~(1 << UInt32($1)) } == 0
    }
}
