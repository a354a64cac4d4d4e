// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// What is in force already is not touched again.
enum Repetition {
    /// - Parameter input: the manifests that have just been applied.
    /// - Throws: when a command cannot be started.
    static func perform(on stage: Stage, input: String) throws {
        Terminal.explain("A second apply finds nothing to do:")
        let before = try kernelTable(of: stage)
        let apply = try stage.sluice("apply \(input)")
        let difference = try stage.sluice("diff \(input)")
        stage.check(
            "the second apply changes nothing: every part in the kernel has its handle still",
            try apply.status == 0 && apply.text.contains("unchanged")
                && before == kernelTable(of: stage),
            found: "exit code \(apply.status), \(apply.text)")
        stage.check(
            "diff prints nothing, and ends with exit code 0",
            difference.status == 0 && difference.text.isEmpty,
            found: "exit code \(difference.status), \(difference.text)")
    }

    /// The table as nft reads it, with handles and without counters.
    private static func kernelTable(of stage: Stage) throws -> String {
        try stage.lab.node.execute(["nft", "-a", "-s", "list", "table", "inet", "sluice"])
    }
}
