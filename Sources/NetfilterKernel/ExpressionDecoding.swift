// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NftablesModel

/// Decodes expressions as the kernel dumps them. One with an attribute or a value that the model
/// has no place for is unknown: to leave it out would make it look like another.
enum ExpressionDecoder {
    private typealias Names = ExpressionAttribute

    /// - Parameter list: name and data of one expression.
    /// - Returns: no expression for one without effect; with a counter its value.
    static func decode(
        _ list: AttributeList
    ) -> (expression: Expression?, counter: CounterValue?) {
        let attributes = AttributeIndex(list)
        let name = attributes.string(Names.name) ?? ""
        let data = attributes[Names.data] ?? .empty
        let values = AttributeIndex(AttributeList(data))
        if name == "byteorder", isWithoutEffect(byteorder: values) { return (nil, nil) }
        let expression = decode(name, values) ?? .unknown(name: name, attributes: data.array)
        return (expression, expression == .counter ? counter(values) : nil)
    }

    private static func decode(_ name: String, _ values: AttributeIndex) -> Expression? {
        switch name {
        case "meta": meta(values)
        case "payload": payload(values)
        case "ct": conntrack(values)
        case "fib": fib(values)
        case "cmp": compare(values)
        case "bitwise": bitwise(values)
        case "lookup": lookup(values)
        case "immediate": immediate(values)
        case "counter": counter(values) == nil ? nil : .counter
        case "log": log(values)
        case "notrack": values.holdsOnly() ? .notrack : nil
        case "reject": reject(values)
        default: nil
        }
    }

    private static func meta(_ values: AttributeIndex) -> Expression? {
        guard values.holdsOnly(Names.Meta.key, Names.Meta.destination),
            let key = values.uint32(Names.Meta.key).flatMap(MetaKey.init(rawValue:)),
            let register = values.register(Names.Meta.destination)
        else { return nil }
        return .meta(key, into: register)
    }

    private static func payload(_ values: AttributeIndex) -> Expression? {
        guard
            values.holdsOnly(
                Names.Payload.base, Names.Payload.offset, Names.Payload.length,
                Names.Payload.destination),
            let base = values.uint32(Names.Payload.base).flatMap(PayloadBase.init(rawValue:)),
            let offset = values.uint32(Names.Payload.offset),
            let length = values.uint32(Names.Payload.length),
            let register = values.register(Names.Payload.destination)
        else { return nil }
        return .payload(base, offset: offset, length: length, into: register)
    }

    private static func conntrack(_ values: AttributeIndex) -> Expression? {
        guard
            values.holdsOnly(
                Names.Conntrack.key, Names.Conntrack.direction, Names.Conntrack.destination),
            let key = values.uint32(Names.Conntrack.key),
            let register = values.register(Names.Conntrack.destination)
        else { return nil }
        guard let direction = values.uint8(Names.Conntrack.direction) else {
            return key == Names.Conntrack.state ? .conntrackState(into: register) : nil
        }
        guard direction == Names.Conntrack.original, let part = OriginalDestination(rawValue: key)
        else { return nil }
        return .originalDestination(part, into: register)
    }

    private static func fib(_ values: AttributeIndex) -> Expression? {
        guard values.holdsOnly(Names.Fib.result, Names.Fib.flags, Names.Fib.destination),
            values.uint32(Names.Fib.result) == Names.Fib.addressType,
            values.uint32(Names.Fib.flags) == Names.Fib.source,
            let register = values.register(Names.Fib.destination)
        else { return nil }
        return .fibSourceType(into: register)
    }

    private static func compare(_ values: AttributeIndex) -> Expression? {
        guard
            values.holdsOnly(Names.Compare.source, Names.Compare.operation, Names.Compare.data),
            let register = values.register(Names.Compare.source),
            let operation = values.uint32(Names.Compare.operation)
                .flatMap(Comparison.init(rawValue:)),
            let data = values.value(Names.Compare.data)
        else { return nil }
        return .compare(register, operation, data)
    }

    private static func bitwise(_ values: AttributeIndex) -> Expression? {
        guard
            values.holdsOnly(
                Names.Bitwise.source, Names.Bitwise.destination, Names.Bitwise.length,
                Names.Bitwise.operation, Names.Bitwise.mask, Names.Bitwise.xor),
            values.uint32(Names.Bitwise.operation) ?? Names.Bitwise.maskXor
                == Names.Bitwise.maskXor,
            let register = values.register(Names.Bitwise.source),
            values.register(Names.Bitwise.destination) == register,
            let length = values.uint32(Names.Bitwise.length),
            let mask = values.value(Names.Bitwise.mask), mask.count == length,
            let xor = values.value(Names.Bitwise.xor), xor.count == length
        else { return nil }
        return .bitwise(register, mask: mask, xor: xor)
    }

    private static func lookup(_ values: AttributeIndex) -> Expression? {
        guard
            values.holdsOnly(
                Names.Lookup.set, Names.Lookup.source, Names.Lookup.destination,
                Names.Lookup.flags),
            let set = values.string(Names.Lookup.set),
            let key = values.register(Names.Lookup.source)
        else { return nil }
        let flags = values.uint32(Names.Lookup.flags) ?? 0
        guard values[Names.Lookup.destination] != nil else {
            guard flags & ~Names.Lookup.inverted == 0 else { return nil }
            return .lookup(set: set, key: key, isInverted: flags == Names.Lookup.inverted)
        }
        guard flags == 0,
            values.uint32(Names.Lookup.destination) == Register.verdictNumber
        else { return nil }
        return .verdictLookup(map: set, key: key)
    }

    private static func immediate(_ values: AttributeIndex) -> Expression? {
        guard values.holdsOnly(Names.Immediate.destination, Names.Immediate.data),
            values.uint32(Names.Immediate.destination) == Register.verdictNumber,
            let verdict = values.list(Names.Immediate.data).flatMap({ Verdict(data: $0) })
        else { return nil }
        return .verdict(verdict)
    }

    private static func counter(_ values: AttributeIndex) -> CounterValue? {
        guard
            values.holdsOnly(Names.Counter.packets, Names.Counter.bytes, Names.Counter.padding),
            let packets = values.uint64(Names.Counter.packets),
            let bytes = values.uint64(Names.Counter.bytes)
        else { return nil }
        return CounterValue(packets: packets, bytes: bytes)
    }

    private static func log(_ values: AttributeIndex) -> Expression? {
        guard values.holdsOnly(Names.Log.prefix, Names.Log.level),
            values.uint32(Names.Log.level) ?? Names.Log.warning == Names.Log.warning,
            let prefix = values.string(Names.Log.prefix)
        else { return nil }
        return .log(prefix: prefix)
    }

    private static func reject(_ values: AttributeIndex) -> Expression? {
        guard values.holdsOnly(Names.Reject.type, Names.Reject.code) else { return nil }
        switch values.uint32(Names.Reject.type) {
        case Names.Reject.tcpReset: return .reject(.tcpReset)
        case Names.Reject.anyFamily
        where values.uint8(Names.Reject.code) == Names.Reject.prohibited:
            return .reject(.prohibited)
        default: return nil
        }
    }

    /// nft 1.0.6 converts a one-byte protocol number in units of two bytes before it goes into a
    /// concatenation: no unit is whole, so nothing is converted.
    private static func isWithoutEffect(byteorder values: AttributeIndex) -> Bool {
        guard let length = values.uint32(Names.Byteorder.length),
            let size = values.uint32(Names.Byteorder.size), length < size,
            let register = values.register(Names.Byteorder.source)
        else { return false }
        return values.register(Names.Byteorder.destination) == register
    }
}

extension AttributeIndex {
    fileprivate func register(_ type: UInt16) -> Register? {
        uint32(type).flatMap { Register(number: $0) }
    }

    /// The bytes of data that is no verdict.
    fileprivate func value(_ type: UInt16) -> [UInt8]? {
        list(type).flatMap { AttributeIndex($0)[DataAttribute.value]?.array }
    }
}
