// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Foundation
import Logging

/// Writes each message as one line, with the time in UTC, the level, and the metadata after it.
///
/// ```
/// 2026-11-23T19:00:00.123Z info committed generation=12 elements=+1
/// {"time":"2026-11-23T19:00:00.123Z","level":"info","message":"committed","elements":"+1"}
/// ```
///
/// Metadata comes in order of its keys. Nested keys are joined by dots, elements of lists are
/// numbered from 0, and all values are texts. Names from outside cannot forge lines or fields.
public struct LineLogHandler: LogHandler {
    public var logLevel: Logger.Level
    public var metadata: Logger.Metadata = [:]
    public var metadataProvider: Logger.MetadataProvider?

    private let format: LogFormat
    private let output: LineOutput
    private let isColoured: Bool
    private let now: @Sendable () -> Date

    /// A handler that writes to an output.
    ///
    /// - Parameter isColoured: Whether levels have colours in the format ``LogFormat/text``.
    /// - Parameter now: The clock.
    public init(
        format: LogFormat, level: Logger.Level, output: LineOutput = .standardError,
        isColoured: Bool = false, now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.format = format
        logLevel = level
        self.output = output
        self.isColoured = isColoured
        self.now = now
    }

    /// A logger that writes to standard error, with colours if that is a terminal and `NO_COLOR`
    /// is unset or empty.
    public static func logger(format: LogFormat, level: Logger.Level) -> Logger {
        let wantsNone = ProcessInfo.processInfo.environment["NO_COLOR"].map { !$0.isEmpty } ?? false
        let output = LineOutput.standardError
        let handler = LineLogHandler(
            format: format, level: level, output: output,
            isColoured: output.isTerminal && !wantsNone)
        return Logger(label: "sluice", factory: { _ in handler })
    }

    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    public func log(event: LogEvent) {
        var all = metadata
        if let metadataProvider { all.merge(metadataProvider.get()) { $1 } }
        if let own = event.metadata { all.merge(own) { $1 } }
        if let error = event.error { all["error"] = all["error"] ?? "\(error)" }
        let fields = all.sorted { $0.key < $1.key }.flatMap { Self.flat($0.key, $0.value) }
        output.write(fittingLine(event.level, "\(event.message)", fields)) { count in
            line(.warning, "log lines were lost, nobody read them", [("count", "\(count)")])
        }
    }

    /// The line with its texts shortened so far that it fits, and stays whole JSON. Fields go
    /// altogether if there are too many of them.
    private func fittingLine(
        _ level: Logger.Level, _ message: String, _ fields: [(key: String, value: String)]
    ) -> String {
        let whole = line(level, message, fields)
        if whole.utf8.count < LineOutput.longestLine { return whole }
        func cut(_ text: String, _ limit: Int) -> String {
            text.unicodeScalars.count <= limit
                ? text : String(String.UnicodeScalarView(text.unicodeScalars.prefix(limit))) + "…"
        }
        for limit in [2_000, 1_000, 500, 250, 120, 60, 30] {
            let short = fields.map { (key: cut($0.key, limit), value: cut($0.value, limit)) }
            let line = line(level, cut(message, limit), short)
            if line.utf8.count < LineOutput.longestLine { return line }
        }
        return line(level, cut(message, 300), [])
    }

    private func line(
        _ level: Logger.Level, _ message: String, _ fields: [(key: String, value: String)]
    ) -> String {
        let time = Date.ISO8601FormatStyle(includingFractionalSeconds: true).format(now())
        switch format {
        case .text:
            let head = "\(time) \(painted(level)) \(LineText.printable(message))"
            return fields.reduce(head) {
                "\($0) \(LineText.value($1.key))=\(LineText.value($1.value))"
            }
        case .json:
            let own = [("time", time), ("level", level.rawValue), ("message", message)]
            let others = fields.map { field in
                (
                    own.contains { $0.0 == field.key } ? "metadata.\(field.key)" : field.key,
                    field.value
                )
            }
            let members = (own + others).map { "\(LineText.json($0.0)):\(LineText.json($0.1))" }
            return "{\(members.joined(separator: ","))}"
        }
    }

    private static func flat(
        _ key: String, _ value: Logger.MetadataValue
    ) -> [(key: String, value: String)] {
        switch value {
        case .string(let text): [(key, text)]
        case .stringConvertible(let value): [(key, "\(value)")]
        case .array(let values):
            values.enumerated().flatMap { flat("\(key).\($0.offset)", $0.element) }
        case .dictionary(let members):
            members.sorted { $0.key < $1.key }.flatMap { flat("\(key).\($0.key)", $0.value) }
        }
    }

    private func painted(_ level: Logger.Level) -> String {
        guard isColoured else { return level.rawValue }
        let colour =
            switch level {
            case .trace, .debug: "2"
            case .info, .notice: "32"
            case .warning: "1;33"
            case .error, .critical: "1;31"
            }
        return "\u{1b}[\(colour)m\(level.rawValue)\u{1b}[0m"
    }
}
