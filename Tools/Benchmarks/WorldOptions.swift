// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import ArgumentParser
import PolicyTestKit

/// Which world is meant, and what to do with it.
struct WorldOptions: ParsableArguments {
    @Option(help: "Of what style: all unless given, or services where one is needed.")
    var style: ScaledWorld.Style?

    @Option(help: "How many policies, or the measure of what is hostile: a tenth of the pods.")
    var policies: Int?

    @Option(help: "How many namespaces: half as many as policies.")
    var namespaces: Int?

    @Option(help: "How many pods on the node.")
    var localPods = 250

    @Option(help: "What determines the world.")
    var seed: UInt64 = 1

    @Option(help: "Write the world to this folder as manifests, and measure nothing.")
    var manifests: String?

    /// One run, in this process.
    @Flag(help: .hidden)
    var alone = false

    func world(_ style: ScaledWorld.Style, pods: Int?) -> ScaledWorld {
        let pods = pods ?? 100_000
        return ScaledWorld(
            style, pods: pods, policies: policies ?? pods / 10, namespaces: namespaces,
            localPods: localPods, seed: seed)
    }
}

extension ScaledWorld.Style: ExpressibleByArgument {}

extension ScaledWorld.Style {
    /// Those that `world` measures; `large` is measured by others.
    static var measured: [Self] { allCases.filter { $0 != .large } }
}
