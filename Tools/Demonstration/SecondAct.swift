// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// More pods, and a policy with selectors, blocks of addresses and every kind of port.
enum SecondAct {
    static let input =
        "-n dev -f cluster.yaml -f deny-all.yaml -f more-pods.yaml -f allow-web.yaml"

    private static let columns: [Service] = [
        .tcp(80, of: Cluster.devWeb),
        .tcp(80, of: Cluster.prodWeb), .udp(80, of: Cluster.prodWeb),
        .tcp(443, of: Cluster.prodWeb), .tcp(9100, of: Cluster.prodWeb),
        .tcp(9104, of: Cluster.prodWeb), .tcp(9105, of: Cluster.prodWeb),
        .tcp(80, of: Cluster.prodCart),
    ]

    private static let beforehand = Expectation(
        columns,
        [
            .init(Cluster.devWeb, ". ++++++ +"),
            .init(Cluster.prodWeb, "- ...... +"),
            .init(Cluster.prodCart, "- ++++++ ."),
            .init(Cluster.opsMonitor, "- ++++++ +"),
            .init(Cluster.opsBackup, "- ++++++ +"),
            .init(Cluster.node, "+ ++++++ +"),
            .init(Cluster.partner, "- ++++++ +"),
            .init(Cluster.excepted, "- ++++++ +"),
            .init(Cluster.stranger, "- ++++++ +"),
        ])

    private static let afterwards = Expectation(
        columns,
        [
            .init(Cluster.devWeb, ". ------ +"),
            .init(Cluster.prodWeb, "- ...... +"),
            .init(Cluster.prodCart, "- +----- ."),
            .init(Cluster.opsMonitor, "- ---++- +"),
            .init(Cluster.opsBackup, "- ------ +"),
            .init(Cluster.node, "+ ++++++ +"),
            .init(Cluster.partner, "- --+--- +"),
            .init(Cluster.excepted, "- ------ +"),
            .init(Cluster.stranger, "- ------ +"),
        ])

    /// The same callers and columns, once no policy is left.
    static var withoutPolicies: Expectation { afterwards.withEverythingOpen }

    /// - Throws: when the act cannot be finished.
    static func perform(on stage: Stage) throws {
        Terminal.heading("Act 2: in prod, allow a few by selector, address and port")
        let before = try stage.measure("Before, with deny-all in dev still in force", beforehand)
        stage.check("prod/web answers everybody on every port", before.surprises())

        Terminal.explain(
            """
            The cluster has gained prod/cart, ops/monitor and ops/backup, and prod/web gets a
            policy. What prod/web calls https is its port 443.
            """)
        try stage.manifest("allow-web.yaml")
        let difference = try stage.sluice("diff \(input)")
        stage.check(
            "the transaction only adds: what act 1 has put in force is not touched",
            difference.status == 1 && difference.commands.isSubset(of: ["add"]),
            found: "exit code \(difference.status), \(difference.commands.sorted())")
        let apply = try stage.sluice("apply \(input)")
        stage.check("apply succeeds", apply.status == 0, found: "exit code \(apply.status)")

        let after = try stage.measure("After allow-web in prod", afterwards)
        check(after, on: stage)

        Terminal.explain(
            """
            The kernel's own copy, read back and decoded: what decides about prod/web, and the
            counter of the packets that were dropped for the two tables above.
            """)
        let show = try stage.sluice(
            "show", excerpt: ["map ranges-in-prod", "chain in-prod", "chain isolated"])
        stage.check("show succeeds", show.status == 0, found: "exit code \(show.status)")
        try Repetition.perform(on: stage, input: input)
    }

    private static func check(_ after: Reachability, on stage: Stage) {
        let claims = [
            (Cluster.prodCart, "prod/cart, by its label, reaches port 80 and nothing else"),
            (
                Cluster.opsMonitor,
                "ops/monitor, by namespace and label, reaches ports 9100-9104 only"
            ),
            (Cluster.opsBackup, "ops/backup, right namespace and wrong label, reaches nothing"),
            (Cluster.devWeb, "dev/web, named by no rule, reaches nothing"),
            (Cluster.partner, "203.0.113.7, in the block, reaches the port https only"),
            (Cluster.excepted, "203.0.113.200, in what the block excepts, reaches nothing"),
            (Cluster.stranger, "198.51.100.9, in no block, reaches nothing"),
            (Cluster.node, "node-a reaches its own pod on every port"),
        ]
        for (caller, claim) in claims {
            stage.check(
                claim,
                after.surprises { $0.caller == caller && $0.service.party == Cluster.prodWeb })
        }
        stage.check(
            "dev/web is as closed as before, and prod/cart, which no policy selects, open",
            after.surprises { $0.service.party != Cluster.prodWeb })
    }
}

extension CommandResult {
    /// The commands of nft in a transaction, such as `add`.
    fileprivate var commands: Set<Substring> {
        Set(
            text.split(separator: "\n")
                .filter { $0.first?.isLetter == true }
                .map { $0.prefix { $0 != " " } })
    }
}
