// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// Who reaches whom and why, without a packet; and the proof that the kernel does it.
enum ThirdAct {
    private static let input = SecondAct.input

    /// - Throws: when the act cannot be finished.
    static func perform(on stage: Stage) throws {
        Terminal.heading("Act 3: ask why, and prove it")
        Terminal.explain("Who reaches whom on port 80, by the policies alone:")
        let matrix = try stage.sluice("matrix \(input) --port 80/tcp")
        stage.check("matrix succeeds", matrix.status == 0, found: "exit code \(matrix.status)")

        Terminal.explain("Why does ops/backup not get in?")
        let explanation = try stage.sluice(
            "explain \(input) --from ops/backup --to prod/web --port 80/tcp")
        stage.check(
            "explain says by exit code 1 that it is denied, and by which policy",
            explanation.status == 1 && explanation.text.contains("prod/allow-web"),
            found: "exit code \(explanation.status)")

        Terminal.explain("Does the kernel do what the policies say, for every packet there is?")
        let proof = try stage.sluice("verify \(input)")
        stage.check(
            "verify proves it", proof.status == 0 && proof.text.hasPrefix("PROVED"),
            found: "exit code \(proof.status)")

        Terminal.explain("Somebody lets the whole office in, by hand.")
        try stage.shell(
            "nft insert rule inet sluice dispatch ip saddr 203.0.113.0/24 tcp dport 80 accept")
        let refutation = try stage.sluice("verify \(input)")
        stage.check(
            "verify finds it, and shows a packet and the rule",
            refutation.status == 1 && refutation.text.contains("th dport 80 accept"),
            found: "exit code \(refutation.status)")
        let repair = try stage.sluice("apply \(input)")
        let again = try stage.sluice("verify \(input)", excerpt: ["PROVED"])
        stage.check(
            "apply puts it right, and verify proves it again",
            repair.status == 0 && again.status == 0,
            found: "exit codes \(repair.status), \(again.status)")
    }
}
