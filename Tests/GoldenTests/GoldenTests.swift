// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Foundation
import NodeCompiler
import PolicyTestKit
import PolicyVerification
import Testing

/// `Golden/<case>/`: the manifests give exactly the ruleset that is recorded beside them.
@Suite struct GoldenTests {
    /// Set by `Tools/golden`: what comes out is recorded instead of compared.
    private static let isRecording =
        ProcessInfo.processInfo.environment["SLUICE_RECORD_GOLDEN"] == "1"

    @Test(arguments: GoldenCase.all)
    func ruleset(golden: GoldenCase) throws {
        let text = try golden.ruleset()
        if Self.isRecording {
            try text.write(to: golden.goldenFile, atomically: true, encoding: .utf8)
            return
        }
        let recorded = try? String(contentsOf: golden.goldenFile, encoding: .utf8)
        try #require(
            recorded != nil, "no ruleset.nft is recorded; look at Tools/golden's and commit it")
        #expect(text == recorded, "see what changed with Tools/golden and git diff Golden")
    }

    @Test("There are as many cases as the suite is meant to have")
    func thereAreCases() {
        #expect(GoldenCase.all.count >= 40)
    }

    @Test("The order in which objects arrive does not matter", arguments: GoldenCase.all)
    func arrivalOrder(golden: GoldenCase) throws {
        let state = try golden.state()
        let expected = NodeCompilation(state, node: "node-a").table.text()
        for seed in UInt64(0)..<4 {
            var random = SeededGenerator(seed: seed)
            let shuffled = state.shuffled(using: &random)
            #expect(NodeCompilation(shuffled, node: "node-a").table.text() == expected)
        }
    }
}
