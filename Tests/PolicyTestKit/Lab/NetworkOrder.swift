// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// Numbers as they stand in packets: the most significant byte first.
extension Array where Element == UInt8 {
    /// Appends a number.
    mutating func append<Number: FixedWidthInteger>(networkOrder number: Number) {
        Swift.withUnsafeBytes(of: number.bigEndian) { append(contentsOf: $0) }
    }

    /// Appends a number in the order of the processor, as netlink has it.
    mutating func append<Number: FixedWidthInteger>(hostOrder number: Number) {
        Swift.withUnsafeBytes(of: number) { append(contentsOf: $0) }
    }

    /// The number that stands at an offset; the caller sees to it that it is all there.
    func networkOrder<Number: FixedWidthInteger & UnsignedInteger>(at offset: Int) -> Number {
        self[offset..<(offset + Number.bitWidth / 8)].reduce(0) { $0 << 8 | Number($1) }
    }
}
