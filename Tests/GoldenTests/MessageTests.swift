// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import ClusterSources
import PolicyDocuments
import Testing

/// One folder of `Golden` whose input deserves errors or warnings, or looks as if it did.
struct MessageCase: CustomStringConvertible, Sendable {
    let name: String

    var description: String { name }

    /// Every such case, by name.
    static let all = GoldenFolder.names
        .filter { $0.hasPrefix(GoldenFolder.messagePrefix) }.map(MessageCase.init)

    /// All that Sluice says about the input, a line each; files without their folders.
    func messages() -> String {
        let files = ManifestFiles(reading: GoldenFolder.manifests(of: name))
        let sources = files.sources.map { source in
            Source(name: String(source.name.split(separator: "/").last!), bytes: source.bytes)
        }
        let documents = DocumentDecoder().decode(sources)
        let assembly = ClusterAssembly(documents)
        let lines =
            (documents.diagnostics + assembly.diagnostics).map(\.description)
            + files.problems.map(\.description)
        return lines.isEmpty ? "nothing to say\n" : lines.joined(separator: "\n") + "\n"
    }
}

/// `Golden/input-<case>/`: errors and warnings are exactly those that are recorded.
@Suite struct MessageTests {
    @Test("S73 and others: bad input is answered as recorded", arguments: MessageCase.all)
    func messages(golden: MessageCase) throws {
        let text = golden.messages()
        if GoldenFolder.isRecording {
            try GoldenFolder.write(text, to: "messages.txt", of: golden.name)
            return
        }
        let recorded = try #require(
            GoldenFolder.record("messages.txt", of: golden.name),
            "no messages.txt is recorded: run Tools/golden, look at it and commit it")
        #expect(text == recorded, "see what changed with Tools/golden and git diff Golden")
    }
}
