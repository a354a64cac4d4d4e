// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Foundation

/// Where the demonstration prints: colours only on a terminal, unless `NO_COLOR` is set.
enum Terminal {
    /// A way to print text.
    enum Style: String {
        case heading = "1"
        case command = "1;36"
        case aside = "2"
        case good = "32"
        case bad = "1;31"
    }

    private static let hasColour =
        isatty(STDOUT_FILENO) == 1
        && (ProcessInfo.processInfo.environment["NO_COLOR"] ?? "").isEmpty

    /// The text in a style.
    static func paint(_ text: String, _ style: Style) -> String {
        hasColour ? "\u{1b}[\(style.rawValue)m\(text)\u{1b}[0m" : text
    }

    static func heading(_ text: String) {
        write("\n" + paint("== \(text) ==", .heading) + "\n")
    }

    /// A paragraph that explains.
    static func explain(_ text: String) { write("\n\(text)\n") }

    /// Text set off by an empty line and an indent.
    static func block(_ text: String) { write("\n" + indented(text)) }

    /// Text that belongs to what was printed before.
    static func more(_ text: String) { write(indented(text)) }

    static func line(_ text: String) { write(text + "\n") }

    /// Says on standard error why the demonstration ends.
    static func complain(_ text: String) { write("demo: \(text)\n", to: .standardError) }

    private static func indented(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0.isEmpty ? "\n" : "    \(expanded($0))\n" }
            .joined()
    }

    private static func expanded(_ line: Substring) -> String {
        line.replacingOccurrences(of: "\t", with: "    ")
    }

    /// A reader that has gone is no error here: the signal that tells of it ends the demonstration.
    private static func write(_ text: String, to handle: FileHandle = .standardOutput) {
        try? handle.write(contentsOf: Data(text.utf8))
    }
}
