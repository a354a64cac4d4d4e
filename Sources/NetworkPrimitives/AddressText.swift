// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// Reading and printing of addresses, byte by byte, without Foundation.
enum AddressText {
    static func parseIPv4(_ text: some Sequence<UInt8>) -> UInt32? {
        var bits: UInt32 = 0
        var octet: UInt32 = 0
        var octets = 0
        var digits = 0
        for byte in text {
            if byte == UInt8(ascii: ".") {
                guard digits > 0, octets < 3 else { return nil }
                bits = bits << 8 | octet
                octets += 1
                octet = 0
                digits = 0
                continue
            }
            let digit = byte &- UInt8(ascii: "0")
            // A leading zero may stand for itself only.
            guard digit <= 9, digits == 0 || octet > 0 else { return nil }
            octet = octet * 10 + UInt32(digit)
            guard octet <= 255 else { return nil }
            digits += 1
        }
        return digits > 0 && octets == 3 ? bits << 8 | octet : nil
    }

    static func parseIPv6(_ text: ArraySlice<UInt8>) -> UInt128? {
        guard let gap = doubleColon(in: text) else {
            guard let groups = groups(text), groups.count == 8 else { return nil }
            return join(groups)
        }
        let head = text[..<gap]
        let tail = text[(gap + 2)...]
        guard let front = groups(head), let back = groups(tail) else { return nil }
        // A dotted quad may only end the address, so never stands before the gap.
        guard front.count + back.count <= 7, !head.contains(UInt8(ascii: ".")) else { return nil }
        let zeros = [UInt16](repeating: 0, count: 8 - front.count - back.count)
        return join(front + zeros + back)
    }

    private static func doubleColon(in text: ArraySlice<UInt8>) -> Int? {
        text.indices.dropLast().first {
            text[$0] == UInt8(ascii: ":") && text[$0 + 1] == UInt8(ascii: ":")
        }
    }

    private static func join(_ groups: [UInt16]) -> UInt128 {
        groups.reduce(0) { $0 << 16 | UInt128($1) }
    }

    /// The 16-bit groups of a part of an address; a trailing dotted quad counts as two.
    private static func groups(_ text: ArraySlice<UInt8>) -> [UInt16]? {
        if text.isEmpty { return [] }
        let parts = text.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        var result: [UInt16] = []
        for (index, part) in parts.enumerated() {
            if index == parts.count - 1, part.contains(UInt8(ascii: ".")) {
                guard let quad = parseIPv4(part) else { return nil }
                result += [UInt16(quad >> 16), UInt16(truncatingIfNeeded: quad)]
            } else {
                guard let group = hexGroup(part) else { return nil }
                result.append(group)
            }
        }
        return result
    }

    private static func hexGroup(_ digits: ArraySlice<UInt8>) -> UInt16? {
        guard (1...4).contains(digits.count) else { return nil }
        var value: UInt16 = 0
        for digit in digits {
            guard let nibble = Character(UnicodeScalar(digit)).hexDigitValue, digit < 128
            else { return nil }
            value = value << 4 | UInt16(nibble)
        }
        return value
    }

    static func printIPv4(_ bits: UInt32) -> String {
        "\(bits >> 24).\(bits >> 16 & 255).\(bits >> 8 & 255).\(bits & 255)"
    }

    static func printIPv6(_ bits: UInt128) -> String {
        let groups = (0..<8).map { UInt16(truncatingIfNeeded: bits >> (112 - 16 * $0)) }
        guard let gap = longestZeroRun(groups) else {
            return groups.map { String($0, radix: 16) }.joined(separator: ":")
        }
        let front = groups[..<gap.lowerBound].map { String($0, radix: 16) }
        let back = groups[gap.upperBound...].map { String($0, radix: 16) }
        return front.joined(separator: ":") + "::" + back.joined(separator: ":")
    }

    /// The first longest run of at least two zero groups (RFC 5952 §4.2).
    private static func longestZeroRun(_ groups: [UInt16]) -> Range<Int>? {
        var best: Range<Int>?
        var start = 0
        while start < groups.count {
            var end = start
            while end < groups.count, groups[end] == 0 { end += 1 }
            if end - start >= 2, end - start > (best?.count ?? 0) { best = start..<end }
            start = max(end, start + 1)
        }
        return best
    }
}
