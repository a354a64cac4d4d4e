// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// Sluice goes, and leaves the node as it was.
enum Ending {
    /// - Throws: when it cannot be finished.
    static func perform(on stage: Stage, beside foreign: ForeignTable) throws {
        Terminal.heading("The end: reset")
        let reset = try stage.sluice("reset")
        stage.check("reset succeeds", reset.status == 0, found: "exit code \(reset.status)")
        let show = try stage.sluice("show")
        stage.check(
            "show says by exit code 1 that there is no table of Sluice's", show.status == 1,
            found: "exit code \(show.status)")
        stage.check(
            "the table \(ForeignTable.name) is the only one left, and untouched since the beginning",
            try foreign.change().map { [$0] } ?? [])
        let after = try Reachability(SecondAct.withoutPolicies, in: stage.lab)
        stage.check(
            "everybody reaches everybody again, in \(after.trials.count) connections",
            after.surprises())
    }
}
