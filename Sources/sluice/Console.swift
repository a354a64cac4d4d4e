// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Foundation

/// Where all commands print: results to standard output, everything else to standard error. Colour
/// only where a person reads: on a terminal, unless `NO_COLOR` is set.
enum Console {
    /// Prints a result.
    static func output(_ text: String) {
        write(text.hasSuffix("\n") ? text : text + "\n", to: .standardOutput)
    }

    /// Prints a part of a result that is too long to be one text.
    static func output(_ bytes: [UInt8]) { write(Data(bytes), to: .standardOutput) }

    /// Prints what a person should know beside the result.
    static func note(_ text: String) { write(text + "\n", to: .standardError) }

    /// Tells a person at a terminal what takes so long.
    static func progress(_ text: String) {
        if isatty(STDERR_FILENO) == 1 { note(text) }
    }

    static func warning(_ text: String) {
        write("\(paint("warning:", .yellow)) \(text)\n", to: .standardError)
    }

    static func error(_ text: String, prefix: String = "error:") {
        let head = prefix.isEmpty ? "" : paint(prefix, .red) + " "
        write("\(head)\(text)\n", to: .standardError)
    }

    /// Opens the standard streams that are closed to nowhere, so that no socket gets their number
    /// and, with it, what is printed.
    static func reserveStandardStreams() {
        for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) == -1 {
            _ = open("/dev/null", O_RDWR)
        }
    }

    enum Colour: Int {
        case red = 31
        case green = 32
        case yellow = 33
    }

    /// The text in a colour where its stream leads to a person.
    static func paint(
        _ text: String, _ colour: Colour, on descriptor: Int32 = STDERR_FILENO
    ) -> String {
        let wantsNone = ProcessInfo.processInfo.environment["NO_COLOR"].map { !$0.isEmpty } ?? false
        guard isatty(descriptor) == 1, !wantsNone else { return text }
        return "\u{1b}[1;\(colour.rawValue)m\(text)\u{1b}[0m"
    }

    private static func write(_ text: String, to handle: FileHandle) {
        write(Data(text.utf8), to: handle)
    }

    private static func write(_ data: Data, to handle: FileHandle) {
        do {
            try handle.write(contentsOf: data)
        } catch {
            // The reader has gone (a closed pipe) or the disk is full: the result is incomplete,
            // and nobody may take it for complete.
            exit(2)
        }
    }
}
