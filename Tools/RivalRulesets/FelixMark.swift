// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// One bit of the packet's mark by which Felix's chains tell each other what they have decided.
struct FelixMark {
    let bit: UInt32

    static let accept = FelixMark(bit: 0x1_0000)
    static let pass = FelixMark(bit: 0x2_0000)
    /// The packet comes from an endpoint.
    static let fromEndpoint = FelixMark(bit: 0x4_0000)
    static let drop = FelixMark(bit: 0x8_0000)
    /// One of several blocks matched.
    static let block = FelixMark(bit: 0x10_0000)

    private static let all = [accept, pass, fromEndpoint, drop, block]

    /// Sets the bit.
    var set: String { "meta mark set meta mark | \(Self.text(bit))" }
    /// Clears it.
    var clear: String { "meta mark set meta mark & \(Self.text(~bit))" }
    /// Asks whether it is set.
    var isSet: String { "meta mark & \(Self.text(bit)) == \(Self.text(bit))" }
    /// Asks whether it is clear.
    var isClear: String { "meta mark & \(Self.text(bit)) == 0" }

    /// Clears all bits.
    static var clearAll: String {
        "meta mark set meta mark & \(text(~all.reduce(0) { $0 | $1.bit }))"
    }

    /// Whether a policy has decided: accepted or passed.
    private static let verdict = accept.bit | pass.bit
    static var hasVerdict: String { "meta mark & \(text(verdict)) != 0" }
    static var hasNoVerdict: String { "meta mark & \(text(verdict)) == 0" }

    private static func text(_ bits: UInt32) -> String { "0x" + String(bits, radix: 16) }
}
