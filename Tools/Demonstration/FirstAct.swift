// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// A pod in `dev` and one in `prod`, and an old-style manifest that denies everything to `dev`.
enum FirstAct {
    private static let input = "-n dev -f cluster.yaml -f deny-all.yaml"

    private static let afterwards = Expectation(
        [
            .tcp(80, of: Cluster.devWeb), .udp(80, of: Cluster.devWeb), .ping(Cluster.devWeb),
            .tcp(80, of: Cluster.prodWeb), .udp(80, of: Cluster.prodWeb), .ping(Cluster.prodWeb),
        ],
        [
            .init(Cluster.devWeb, "... +++"),
            .init(Cluster.prodWeb, "--- ..."),
            .init(Cluster.node, "+++ +++"),
            .init(Cluster.partner, "--- +++"),
        ])

    /// - Throws: when the act cannot be finished.
    static func perform(on stage: Stage) throws {
        Terminal.heading("Act 1: deny everything in dev")
        let before = try stage.measure("Before any policy", afterwards.withEverythingOpen)
        stage.check("both pods answer everybody", before.surprises())

        Terminal.explain(
            """
            The manifest is of the old API group and names no namespace; -n dev gives it one, as
            with kubectl. The ruleset that it leads to, rendered without root and without a kernel:
            """)
        try stage.manifest("deny-all.yaml")
        let render = try stage.sluice("render \(input)")
        stage.check("render succeeds", render.status == 0, found: "exit code \(render.status)")

        Terminal.explain(
            """
            The transaction that brings the kernel there. It starts from nothing, so it makes the
            whole ruleset above; here is the part about dev.
            """)
        let difference = try stage.sluice("diff \(input)", excerpt: ["# dev/"])
        stage.check(
            "diff says by exit code 1 that there are differences", difference.status == 1,
            found: "exit code \(difference.status)")
        let apply = try stage.sluice("apply \(input)")
        stage.check("apply succeeds", apply.status == 0, found: "exit code \(apply.status)")

        let after = try stage.measure("After deny-all in dev", afterwards)
        stage.check(
            "dev/web answers nobody but its node",
            after.surprises { $0.service.party == Cluster.devWeb })
        stage.check(
            "prod/web answers everybody, as before",
            after.surprises { $0.service.party == Cluster.prodWeb })

        try Repetition.perform(on: stage, input: input)
    }
}
