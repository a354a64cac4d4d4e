// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Foundation
import Logging
import NodeAgent
import Testing

@Suite struct LineLogHandlerTests {
    /// Logs to a pipe, and gives the lines that came out of it.
    private func lines(
        _ format: LogFormat, isColoured: Bool = false, _ body: (inout Logger) -> Void
    ) -> [String] {
        let pipe = Pipe()
        let handler = LineLogHandler(
            format: format, level: .info,
            output: LineOutput(descriptor: pipe.fileHandleForWriting.fileDescriptor),
            isColoured: isColoured, now: { Date(timeIntervalSince1970: 1_795_460_400.125) })
        var logger = Logger(label: "test", factory: { _ in handler })
        body(&logger)
        try? pipe.fileHandleForWriting.close()
        let data = (try? pipe.fileHandleForReading.readToEnd()) ?? Data()
        return String(decoding: data, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    @Test("text: time in UTC, level, message, and metadata in order of its keys")
    func text() {
        let lines = lines(.text) {
            $0[metadataKey: "node"] = "node-a"
            $0.info("committed", metadata: ["generation": "12", "elements": "+1"])
            $0.debug("not this")
            $0.warning("careful", metadata: ["node": "other"])
        }
        #expect(
            lines == [
                "2026-11-23T19:00:00.125Z info committed elements=+1 generation=12 node=node-a",
                "2026-11-23T19:00:00.125Z warning careful node=other",
            ])
    }

    @Test("json: an object on each line, nested metadata flattened")
    func json() {
        let lines = lines(.json) {
            $0.error(
                "no",
                metadata: [
                    "a": ["c": "1", "b": .array(["x", "y"])], "level": "mine", "n": "\(5)",
                ])
        }
        #expect(
            lines == [
                #"{"time":"2026-11-23T19:00:00.125Z","level":"error","message":"no","a.b.0":"x","a.b.1":"y","a.c":"1","metadata.level":"mine","n":"5"}"#
            ])
    }

    @Test("hostile texts forge no line and no field", arguments: LogFormat.allCases)
    func hostile(format: LogFormat) throws {
        let evil = "x\"\n2026 info fine a=b \u{1b}[31m\u{202E}\u{2028}\\\r\u{0}"
        let lines = lines(format) {
            $0.info("\(evil)", metadata: [evil: "\(evil)"])
        }
        #expect(lines.count == 1)
        let line = try #require(lines.first)
        let scalars = line.unicodeScalars
        #expect(scalars.allSatisfy { $0.value >= 0x20 && $0 != "\u{202E}" && $0 != "\u{2028}" })
        if format == .json {
            let value = try JSONSerialization.jsonObject(with: Data(line.utf8))
            let object = try #require(value as? [String: String])
            #expect(object["message"] == evil)
            #expect(object[evil] == evil)
        } else {
            #expect(line.contains(#" "x\"\n2026 info fine a=b \u{1b}["#))
        }
    }

    @Test("values of one plain word have no quotes, all others do")
    func quoting() {
        #expect(LineText.value("shop/web-1") == "shop/web-1")
        #expect(LineText.value("größe") == "größe")
        for (text, quoted) in [
            ("", "\"\""), ("a b", "\"a b\""), ("a=b", "\"a=b\""), ("\"", "\"\\\"\""),
            ("\\", "\"\\\\\""), ("\u{A0}", "\"\u{A0}\""), ("a\tb", "\"a\\tb\""),
        ] {
            #expect(LineText.value(text) == quoted)
        }
    }

    @Test("only the level is coloured")
    func colour() {
        let lines = lines(.text, isColoured: true) { $0.error("no", metadata: ["a": "b"]) }
        #expect(lines == ["2026-11-23T19:00:00.125Z \u{1b}[1;31merror\u{1b}[0m no a=b"])
    }

    @Test("a long line is cut so that a pipe keeps it in one piece", arguments: LogFormat.allCases)
    func longLines(format: LogFormat) throws {
        let long = String(repeating: "é\u{1b}", count: 10_000)
        let many = Logger.Metadata(
            uniqueKeysWithValues: (0..<1_000).map { ("key\($0)", "value\($0)") })
        let lines = lines(format) {
            $0.info("\(long)", metadata: ["k": "\(long)"])
            $0.info("many", metadata: many)
        }
        #expect(lines.count == 2)
        for line in lines {
            #expect(line.utf8.count < LineOutput.longestLine)
            if format == .json {
                #expect(throws: Never.self) {
                    try JSONSerialization.jsonObject(with: Data(line.utf8))
                }
            }
        }
    }

    @Test("an output that nobody reads loses lines, says how many, and never blocks for long")
    func stalledReader() throws {
        let pipe = Pipe()
        let output = LineOutput(descriptor: pipe.fileHandleForWriting.fileDescriptor)
        let line = String(repeating: "x", count: 1_000)
        for _ in 0..<1_000 { output.write(line) { "lost \($0)" } }
        var data = pipe.fileHandleForReading.availableData
        output.write("again") { "lost \($0)" }
        try pipe.fileHandleForWriting.close()
        data += try pipe.fileHandleForReading.readToEnd() ?? Data()
        let lines = String(decoding: data, as: UTF8.self).split(separator: "\n").map(String.init)
        let kept = lines.filter { $0 == line }.count
        #expect(kept > 0 && kept < 1_000)
        #expect(lines.suffix(2) == ["lost \(1_000 - kept)", "again"])
    }

    @Test("a closed descriptor and a full disk are ignored")
    func errors() throws {
        LineOutput(descriptor: 1_000_000).write("nobody") { "\($0)" }
        let full = try #require(FileHandle(forWritingAtPath: "/dev/full"))
        LineOutput(descriptor: full.fileDescriptor).write("nothing") { "\($0)" }
    }
}
