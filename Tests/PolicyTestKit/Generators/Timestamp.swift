// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// A moment as the Kubernetes API writes it: RFC 3339, in UTC, whole seconds.
struct Timestamp: CustomStringConvertible {
    /// Since 1970.
    let seconds: Int64

    /// `2025-10-09T08:53:20Z`.
    var description: String {
        let days = Int(seconds / 86_400)
        let second = Int(seconds % 86_400)
        let (year, month, day) = date(days)
        let time = [second / 3600, second / 60 % 60, second % 60].map(twoDigits)
        return "\(year)-\(twoDigits(month))-\(twoDigits(day))T\(time.joined(separator: ":"))Z"
    }

    private func date(_ days: Int) -> (year: Int, month: Int, day: Int) {
        var rest = days
        var year = 1970
        while rest >= (isLeap(year) ? 366 : 365) {
            rest -= isLeap(year) ? 366 : 365
            year += 1
        }
        var month = 0
        let lengths = [31, isLeap(year) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        while rest >= lengths[month] {
            rest -= lengths[month]
            month += 1
        }
        return (year, month + 1, rest + 1)
    }

    private func isLeap(_ year: Int) -> Bool {
        year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
    }

    private func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
