// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyTestKit

/// Who is to reach what.
struct Expectation {
    /// A caller with a sign for each column: `+` gets through, `-` does not, `.` would be asking
    /// itself. Spaces are for the reader.
    struct Row {
        let caller: Party
        let signs: [Character]

        init(_ caller: Party, _ signs: String) {
            self.caller = caller
            self.signs = signs.filter { $0 != " " }
        }
    }

    let columns: [Service]
    let rows: [Row]

    init(_ columns: [Service], _ rows: [Row]) {
        for row in rows {
            precondition(row.signs.count == columns.count, "a sign for each column")
        }
        self.columns = columns
        self.rows = rows
    }

    /// The same callers and columns, with nothing denied.
    var withEverythingOpen: Expectation {
        Expectation(
            columns,
            rows.map { Row($0.caller, String($0.signs.map { $0 == "." ? "." : "+" })) })
    }
}
