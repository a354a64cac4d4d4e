// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import AgentTestKit
import Foundation
import Testing

/// `Golden/<case>/explain.txt`: commands, what each prints, and how it ends.
struct Transcript: CustomStringConvertible, Sendable {
    private static let file = "explain.txt"
    private static let prompt = "$ sluice "

    let name: String

    var description: String { name }

    /// Every case that has one, by name.
    static let all = GoldenFolder.names.map(Transcript.init).filter { $0.record != nil }

    /// What was recorded.
    var record: String? { GoldenFolder.record(Self.file, of: name) }

    /// The same commands, with what they say now.
    func replay() throws -> String {
        let commands = (record ?? "").split(separator: "\n").filter { $0.hasPrefix(Self.prompt) }
        let folder = GoldenFolder.url.appendingPathComponent(name).path
        return try commands.map { line in
            // The case's folder is written as if the commands ran in it.
            let words = line.dropFirst(Self.prompt.count).split(separator: " ").map {
                $0 == "." ? folder : String($0)
            }
            let run = try SluiceCommand.run(words)
            return "\(line)\n\(run.output)\(run.errors)exit code \(run.exitCode)\n"
        }.joined(separator: "\n")
    }

    func write(_ text: String) throws {
        try GoldenFolder.write(text, to: Self.file, of: name)
    }
}

@Suite struct TranscriptTests {
    @Test("What explain prints is what is recorded", arguments: Transcript.all)
    func transcript(golden: Transcript) throws {
        let text = try golden.replay()
        if GoldenFolder.isRecording {
            try golden.write(text)
            return
        }
        #expect(text == golden.record, "see what changed with Tools/golden and git diff Golden")
    }

    @Test("There are as many transcripts as the suite is meant to have")
    func thereAreTranscripts() {
        #expect(Transcript.all.count >= 7)
    }
}
