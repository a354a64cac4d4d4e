// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import NftablesModel

/// What the bytes of the sixteen registers stand for, before there is a packet.
struct RegisterFile {
    private var content = [RegisterByte](repeating: .unknown, count: 64)

    /// The bytes from a register on; nil where there are not so many.
    func bytes(_ register: Register, count: Int) -> [RegisterByte]? {
        let start = register.word * 4
        guard start + count <= content.count else { return nil }
        return Array(content[start..<start + count])
    }

    /// Fills a register, and the rest of its last word with zeros.
    ///
    /// - Returns: false where there are not so many bytes.
    mutating func load(_ bytes: [RegisterByte], _ register: Register) -> Bool {
        let start = register.word * 4
        let padding = (4 - bytes.count % 4) % 4
        guard start + bytes.count + padding <= content.count else { return false }
        content.replaceSubrange(
            start..<start + bytes.count + padding,
            with: bytes + [RegisterByte](repeating: .constant(0), count: padding))
        return true
    }

    /// Something has written to registers, nobody knows to which.
    mutating func forget() { content = content.map { _ in .unknown } }

    /// What the fields of a set's key hold that begins with a register.
    func keyFields(_ register: Register, of set: NamedSet) -> [LiftedRule.KeyField] {
        var lengths = set.key.map { ($0.length, $0.paddedLength) }
        if set.key.isEmpty {
            // Of a type that is not modelled only the length is known, from the elements; and where
            // these are the ends of intervals, they are not put together.
            if set.isInterval { return [.unknown] }
            guard let length = set.keyLength else { return [.constant([])] }
            lengths = [(length, length)]
        }
        // In which order names are sorted where a set holds ranges of them is the kernel's affair.
        if set.isInterval, set.key.contains(.interfaceName) { return [.unknown] }
        var register = register
        return lengths.map { length, padded in
            defer { register = register.following(length: padded) }
            return bytes(register, count: length).map(LiftedRule.KeyField.init) ?? .unknown
        }
    }
}

extension LiftedRule.KeyField {
    fileprivate init(_ bytes: [RegisterByte]) {
        if let constants = bytes.constants {
            self = .constant(constants)
            return
        }
        self = .unknown
        // A moment does not say which type of address a source has that is not the node's own.
        guard case .part(let part, _, _, _) = bytes[0], part != .sourceType else { return }
        for (index, byte) in bytes.enumerated()
        where byte != .part(part, index: index, mask: 0xff, xor: 0) { return }
        self = .part(part, bytes: bytes.count)
    }
}

extension NamedSet {
    /// In bytes, as far as elements tell it.
    fileprivate var keyLength: Int? {
        if case .entries(let entries) = elements {
            entries.first { !$0.key.isEmpty }?.key.count
        } else {
            nil
        }
    }
}
