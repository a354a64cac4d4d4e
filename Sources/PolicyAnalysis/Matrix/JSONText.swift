// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives

/// JSON as bytes, for lists too long to be built as values first.
enum JSONText {
    /// A text in quotes. What HTML would read as markup is escaped too, so that the bytes may stand
    /// in a page.
    static func quoted(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = [UInt8(ascii: "\"")]
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": bytes += Array(#"\""#.utf8)
            case "\\": bytes += Array(#"\\"#.utf8)
            case "<", ">", "&", "\u{2028}", "\u{2029}",
                _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                let zeros = String(repeating: "0", count: 4 - digits.count)
                bytes += Array("\\u\(zeros)\(digits)".utf8)
            default: bytes += Array(String(scalar).utf8)
            }
        }
        return bytes + [UInt8(ascii: "\"")]
    }

    /// `[80,80],[8000,8010]` in brackets. Port 0 is left out, which no service can have.
    static func ranges(_ ports: IntervalSet<UInt16>) -> String {
        let ports = ports.intersection(IntervalSet([1...UInt16.max]))
        return
            "[\(ports.intervals.map { "[\($0.lowerBound),\($0.upperBound)]" }.joined(separator: ","))]"
    }
}

extension TransportSet {
    /// `{"tcp":[[80,80]],"udp":[],"sctp":[],"other":false}`.
    var json: String {
        "{\"tcp\":\(JSONText.ranges(tcp)),\"udp\":\(JSONText.ranges(udp)),"
            + "\"sctp\":\(JSONText.ranges(sctp)),\"other\":\(hasEveryOther)}"
    }
}
