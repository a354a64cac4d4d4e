// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// Durations as people write them: whole numbers with units, such as `20ms`, `5m` or `1m30s`.
public enum DurationText {
    private static let units: [(name: String, microseconds: Int64)] = [
        ("h", 3_600_000_000), ("m", 60_000_000), ("s", 1_000_000), ("ms", 1_000), ("us", 1),
    ]

    /// Reads a duration of at most 10,000 hours. Each unit may appear once, larger ones first; `0`
    /// needs none.
    public static func parse(_ text: String) -> Duration? {
        if text == "0" { return .zero }
        var rest = Substring(text)
        var total: Int64 = 0
        var unused = units[...]
        repeat {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            guard !digits.isEmpty, digits.count <= 9, let number = Int64(digits) else { return nil }
            rest = rest.dropFirst(digits.count)
            let name = rest.prefix { $0.isASCII && $0.isLetter }
            rest = rest.dropFirst(name.count)
            guard let index = unused.firstIndex(where: { $0.name == name }) else { return nil }
            // At most 9 digits of hours are below 2⁶³ microseconds by a factor of 2.
            total += number * unused[index].microseconds
            unused = unused[(index + 1)...]
            guard total <= 10_000 * units[0].microseconds else { return nil }
        } while !rest.isEmpty
        return .microseconds(total)
    }

    /// The duration as ``parse(_:)`` reads it; what is below a microsecond is left out.
    public static func text(_ duration: Duration) -> String {
        var rest =
            duration.components.seconds * 1_000_000
            + duration.components.attoseconds / 1_000_000_000_000
        var text = ""
        for unit in units where rest >= unit.microseconds {
            text += "\(rest / unit.microseconds)\(unit.name)"
            rest %= unit.microseconds
        }
        return text.isEmpty ? "0s" : text
    }
}
