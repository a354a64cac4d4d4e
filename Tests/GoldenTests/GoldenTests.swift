// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import MatchIR
import NftablesModel
import NodeCompiler
import PolicyTestKit
import Testing

/// `Golden/<case>/`: the manifests give exactly the ruleset that is recorded beside them.
@Suite struct GoldenTests {
    @Test(arguments: GoldenCase.all)
    func ruleset(golden: GoldenCase) throws {
        let text = try golden.ruleset()
        if GoldenFolder.isRecording {
            try GoldenFolder.write(text, to: "ruleset.nft", of: golden.name)
            return
        }
        let recorded = try #require(
            GoldenFolder.record("ruleset.nft", of: golden.name),
            "no ruleset.nft is recorded: run Tools/golden, look at it and commit it")
        #expect(text == recorded, "see what changed with Tools/golden and git diff Golden")
    }

    @Test(
        "What the passes of the compiler make of it is recorded beside them",
        arguments: PassCase.all)
    func passes(golden: PassCase) throws {
        let text = NodeCompilation.text(
            of: try golden.of.state(), node: "node-a", after: golden.pass, costs: golden.costs)
        if GoldenFolder.isRecording {
            try GoldenFolder.write(text, to: golden.file, of: golden.of.name)
            return
        }
        let recorded = GoldenFolder.record(golden.file, of: golden.of.name)
        #expect(text == recorded, "see what changed with Tools/golden and git diff Golden")
    }

    @Test("Every pass of the compiler has a case before and after it, but for the first")
    func everyPassIsRecorded() {
        #expect(Set(PassCase.all.map(\.pass)) == Set(CompilerPass.allCases))
        for (former, next) in zip(CompilerPass.allCases, CompilerPass.allCases.dropFirst()) {
            let folders = { (pass: CompilerPass) in
                Set(PassCase.all.filter { $0.pass == pass }.map(\.of.name))
            }
            #expect(!folders(former).isDisjoint(with: folders(next)), "\(next)")
        }
    }

    @Test("There are as many cases as the suite is meant to have")
    func thereAreCases() {
        #expect(GoldenCase.all.count >= 121)
        #expect(MessageCase.all.count >= 123)
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
