// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives

extension Rule {
    /// The rule in nft's terms. Nothing is lost: what has no statement of its own is `opaque`.
    public var statements: [Statement] {
        var reading = RuleReading()
        for expression in expressions { reading.read(expression) }
        return reading.finish()
    }
}

/// Follows the registers through a rule and puts expressions together to statements.
private struct RuleReading {
    private var statements: [Statement] = []
    /// What each register's word holds.
    private var loaded: [Int: Operand] = [:]
    /// A family or protocol that was compared but not said yet: the next field may imply it.
    private var family: Implied<AddressFamily>?
    private var transport: Implied<IPProtocol>?

    private enum Operand {
        case field(Field)
        /// The leading bits of an address, loaded in so many bytes; the rest of these is zero.
        case leadingBits(Field, count: Int, bytes: Int)
        case connectionState(mask: ConnectionStates?)
        case unread(String)
    }

    private struct Implied<Value> {
        var value: Value
        var isSaid: Bool
    }

    mutating func read(_ expression: Expression) {
        switch expression {
        case .meta(.networkProtocol, let register):
            loaded[register.word] = .field(.networkProtocol)
        case .meta(.transportProtocol, let register):
            loaded[register.word] = .field(.transportProtocol)
        case .meta(.inputInterface, let register):
            loaded[register.word] = .field(.inputInterface)
        case .meta(.outputInterface, let register):
            loaded[register.word] = .field(.outputInterface)
        case .payload(let base, let offset, let length, let register):
            loaded[register.word] =
                field(base, offset, length).map(Operand.field)
                ?? leadingBytes(base, offset, length)
                ?? .unread("@\(base),\(offset * 8),\(length * 8)")
        case .conntrackState(let register):
            loaded[register.word] = .connectionState(mask: nil)
        case .originalDestination(let part, let register):
            loaded[register.word] = .field(Field(part))
        case .fibSourceType(let register):
            loaded[register.word] = .field(.fibSourceType)
        case .bitwise(let register, let mask, let xor):
            readBitwise(register, mask, xor)
        case .compare(let register, let comparison, let bytes):
            readComparison(register, comparison, bytes)
        case .lookup(let set, let key, let isInverted):
            let fields = fields(from: key)
            emit(
                fields.map { .member($0, of: set, isInverted: isInverted) }
                    ?? .opaque("lookup in \(set)"))
        case .verdictLookup(let map, let key):
            emit(fields(from: key).map { .verdictMap($0, map) } ?? .opaque("lookup in \(map)"))
        case .verdict(let verdict):
            emit(.verdict(verdict))
        case .counter:
            emit(.counter)
        case .log(let prefix):
            emit(.log(prefix: prefix))
        case .notrack:
            emit(.notrack)
        case .reject(let rejection):
            emit(.reject(rejection))
        case .unknown(let name, _):
            emit(.opaque("unknown expression \(name)"))
        }
    }

    mutating func finish() -> [Statement] {
        say()
        return statements
    }

    private mutating func emit(_ statement: Statement) {
        say()
        statements.append(statement)
    }

    /// Emits what was compared and has not been implied by a field since.
    private mutating func say() {
        if let family, !family.isSaid {
            let number = family.value == .ipv4 ? ProtocolNumber.ipv4 : ProtocolNumber.ipv6
            statements.append(.match(.networkProtocol, .equal, [number]))
            self.family?.isSaid = true
        }
        if let transport, !transport.isSaid {
            statements.append(.match(.transportProtocol, .equal, [transport.value.rawValue]))
            self.transport?.isSaid = true
        }
    }

    private mutating func field(_ base: PayloadBase, _ offset: UInt32, _ length: UInt32) -> Field? {
        switch (base, offset, length) {
        case (.network, _, _):
            guard let family = family?.value else { return nil }
            let width: UInt32 = family == .ipv4 ? 4 : 16
            guard length == width else { return nil }
            for (side, field) in [
                (AddressSide.source, Field.sourceAddress(family)),
                (.destination, .destinationAddress(family)),
            ] where side.offset(in: family) == offset {
                self.family?.isSaid = true
                return field
            }
            return nil
        case (.transport, 0, 1) where transport?.value == .icmpv6 && family?.value == .ipv6:
            family?.isSaid = true
            transport?.isSaid = true
            return .icmpv6Type
        case (.transport, 0, 2): return .sourcePort
        case (.transport, 2, 2): return .destinationPort
        default: return nil
        }
    }

    /// The first bytes of an address, by which nft compares blocks whose prefix ends on a byte.
    private mutating func leadingBytes(_ base: PayloadBase, _ offset: UInt32, _ length: UInt32)
        -> Operand?
    {
        guard base == .network, let family = family?.value,
            length > 0, length < (family == .ipv4 ? 4 : 16)
        else { return nil }
        for (side, field) in [
            (AddressSide.source, Field.sourceAddress(family)),
            (.destination, .destinationAddress(family)),
        ] where side.offset(in: family) == offset {
            self.family?.isSaid = true
            return .leadingBits(field, count: Int(length) * 8, bytes: Int(length))
        }
        return nil
    }

    private mutating func readBitwise(_ register: Register, _ mask: [UInt8], _ xor: [UInt8]) {
        if case .connectionState(nil) = loaded[register.word],
            mask.count == 4, xor.allSatisfy({ $0 == 0 })
        {
            loaded[register.word] = .connectionState(mask: ConnectionStates(hostBytes: mask))
        } else if case .field(let field) = loaded[register.word], field.isAddress,
            let count = mask.prefixLength, xor.allSatisfy({ $0 == 0 })
        {
            loaded[register.word] = .leadingBits(field, count: count, bytes: mask.count)
        } else {
            loaded[register.word] = .unread("bitwise")
        }
    }

    private mutating func readComparison(
        _ register: Register, _ comparison: Comparison, _ bytes: [UInt8]
    ) {
        switch loaded[register.word] {
        case .connectionState(let mask?) where comparison == .notEqual && bytes == [0, 0, 0, 0]:
            emit(.connectionState(mask))
        case .field(.networkProtocol) where comparison == .equal && bytes.count == 1:
            if let value = ProtocolNumber.family(bytes[0]) {
                say()
                family = Implied(value: value, isSaid: false)
            } else {
                emit(.match(.networkProtocol, comparison, bytes))
            }
        case .field(.transportProtocol) where comparison == .equal && bytes.count == 1:
            if transport != nil { say() }
            transport = Implied(value: IPProtocol(rawValue: bytes[0]), isSaid: false)
        case .leadingBits(let field, let count, let length)
        where length == bytes.count && [.equal, .notEqual].contains(comparison):
            let width = field.type?.length ?? length
            emit(
                .block(
                    field, network: bytes + [UInt8](repeating: 0, count: max(0, width - length)),
                    prefixLength: count, isInverted: comparison == .notEqual))
        case .field(let field) where field.constant(bytes) != nil:
            emit(.match(field, comparison, bytes))
        case .field(let field):
            emit(.opaque("\(field.name) compared with \(bytes.count) bytes"))
        case .connectionState, .leadingBits, .unread, nil:
            emit(.opaque("comparison of register \(register.word)"))
        }
    }

    /// The fields that stand one behind the other from a register on.
    private mutating func fields(from key: Register) -> [Field]? {
        var fields: [Field] = []
        var register = key
        while case .field(let field) = loaded[register.word] {
            fields.append(field)
            register = register.following(length: field.type?.length ?? 4)
        }
        // A concatenation ends where the registers do; what was left of an earlier load would make
        // it longer, so that loads are forgotten once they are used.
        loaded.removeAll()
        return fields.isEmpty ? nil : fields
    }
}

extension ConnectionStates {
    /// The states whose bits are set in a register's four bytes.
    init(hostBytes bytes: [UInt8]) {
        let big = Expression.hostBytes(1) == [0, 0, 0, 1] ? bytes : bytes.reversed()
        self.init(rawValue: big.reduce(0) { $0 << 8 | UInt32($1) })
    }
}

extension Field {
    /// The type that a set must have to hold the field; nil if none is modelled.
    var type: FieldType? {
        switch self {
        case .transportProtocol: .inetProtocol
        case .sourceAddress(.ipv4), .destinationAddress(.ipv4), .originalAddress(.ipv4):
            .ipv4Address
        case .sourceAddress(.ipv6), .destinationAddress(.ipv6), .originalAddress(.ipv6):
            .ipv6Address
        case .destinationPort, .sourcePort, .originalPort: .inetService
        case .icmpv6Type: .icmpv6Type
        case .inputInterface, .outputInterface: .interfaceName
        case .networkProtocol, .fibSourceType: nil
        }
    }
}

extension Field {
    fileprivate init(_ part: OriginalDestination) {
        switch part {
        case .port: self = .originalPort
        case .ipv4Address: self = .originalAddress(.ipv4)
        case .ipv6Address: self = .originalAddress(.ipv6)
        }
    }

    fileprivate var isAddress: Bool {
        switch self {
        case .sourceAddress, .destinationAddress, .originalAddress: true
        default: false
        }
    }
}

extension [UInt8] {
    /// How many ones the bytes begin with, if only zeros follow and there are some of both.
    fileprivate var prefixLength: Int? {
        let ones = reduce(into: (count: 0, isOver: false)) { state, byte in
            let leading = (~byte).leadingZeroBitCount
            if !state.isOver { state.count += leading }
            if leading < 8 { state.isOver = true }
        }.count
        let whole = (0..<count).map { index -> UInt8 in
            let bits = Swift.min(8, Swift.max(0, ones - index * 8))
            return bits == 0 ? 0 : UInt8.max << UInt8(8 - bits)
        }
        return whole == self && ones > 0 ? ones : nil
    }
}
