// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyTestKit

/// How a command ended and what it printed.
struct CommandResult {
    /// Its exit status.
    let status: Int32

    /// The lines in which it warns.
    let warnings: [Substring]

    /// What else it printed to standard output and standard error, without the last line's end.
    let text: String

    /// Runs a command in a namespace and waits for its end, whatever that is.
    ///
    /// - Throws: `LabError` when there is no shell to run it.
    init(of arguments: [String], in namespace: NetworkNamespace) throws {
        // The shell puts both streams together and tells the status in a last line.
        let script = #""$@" 2>&1; printf '\n%s' "$?""#
        let output = try namespace.execute(["sh", "-c", script, "sh"] + arguments)
        guard let end = output.lastIndex(of: "\n"),
            let status = Int32(output[output.index(after: end)...])
        else {
            throw LabError(
                operation: "run", object: arguments.joined(separator: " "),
                reason: "ended without a status")
        }
        self.status = status
        var lines = output[..<end].split(separator: "\n", omittingEmptySubsequences: false)
        warnings = lines.filter { $0.hasPrefix("warning: ") }
        lines.removeAll { $0.hasPrefix("warning: ") }
        while lines.last?.isEmpty == true { lines.removeLast() }
        text = lines.joined(separator: "\n")
    }

    /// The paragraphs that begin with one of the words, and in place of the others how many they
    /// are; the whole text where no paragraph does.
    func excerpt(_ beginnings: [String]) -> String {
        var kept: [String] = []
        var leftOut = 0
        func closeGap() {
            guard leftOut > 0 else { return }
            let noun = leftOut == 1 ? "paragraph" : "paragraphs"
            kept.append(Terminal.paint("… \(leftOut) \(noun) left out", .aside))
            leftOut = 0
        }
        let paragraphs = paragraphs
        for paragraph in paragraphs {
            let start = paragraph.drop { $0 == "\t" }
            if beginnings.contains(where: { start.hasPrefix($0) }) {
                closeGap()
                kept.append(paragraph)
            } else {
                leftOut += 1
            }
        }
        guard leftOut < paragraphs.count else { return text }
        closeGap()
        return kept.joined(separator: "\n\n")
    }

    private var paragraphs: [String] {
        text.split(separator: "\n", omittingEmptySubsequences: false)
            .split(whereSeparator: \.isEmpty)
            .map { $0.joined(separator: "\n") }
    }
}
