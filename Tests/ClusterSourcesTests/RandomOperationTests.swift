// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import ClusterSources
import Foundation
import PolicyModel
import PolicyTestKit
import Testing

@Suite(.timeLimit(.minutes(1))) struct RandomOperationTests {
    @Test(
        "Whatever is done to files and directories, the watch ends where a fresh one begins",
        arguments: [false, true])
    func operations(polls: Bool) async throws {
        // The last ones found links whose target turned into a directory, or came later.
        for seed in [1, 2, 3, 4, 5, 6, 7, 8, 16, 87, 88] as [UInt64] {
            try await Self.operations(seed: seed, polls: polls)
        }
    }

    private static func operations(seed: UInt64, polls: Bool) async throws {
        var random = SeededGenerator(seed: seed)
        let folder = try TemporaryFolder()
        try folder.make("top")
        // What keeps the root from being without files.
        try folder.write("top/zzz.yaml", Manifest.namespace("sentinel"))
        var settings = WatchedFolder.quick
        settings.polls = polls
        settings.suspicion = .milliseconds(50)
        let watched = try await WatchedFolder(folder["top"], settings: settings)
        let names = ["a.yaml", "b.yaml", "c.json", "one", "two", "one/a.yaml", "one/b.yaml"]
        let places = names + ["two/a.yaml", "two/one", "one/two/a.yaml", "two/one/b.yaml"]
        for _ in 0..<500 {
            let place = "top/" + random.pick(places)
            let other = "top/" + random.pick(places)
            // Most of these fail, because there is nothing, or something else.
            switch random.number(in: 0...7) {
            case 0: try? folder.make(place)
            case 1, 2:
                guard place.contains(".") else { continue }
                try? folder.write(place, Self.good(&random))
            case 3:
                guard place.contains(".") else { continue }
                try? folder.replace(place, Self.good(&random))
            case 4: try? folder.move(place, other)
            case 5: if random.chance(50) { try? folder.remove(place) }
            case 6: try? folder.link(place, to: folder[other])
            default: if random.chance(20) { try await Task.sleep(for: .milliseconds(25)) }
            }
        }
        // What cannot be read stays as it was in the one, and is unknown to the other. Removing it
        // can leave another link without a target.
        while true {
            let broken = try await WatchedFolder(folder["top"]).last.problems
                .filter { !$0.text.contains("defined twice") }
            if broken.isEmpty { break }
            for problem in broken { try FileManager.default.removeItem(atPath: problem.path) }
        }
        // Until everything is seen: each round gives at least one more update.
        let deadline = ContinuousClock.now + .seconds(5)
        var round = 0
        while true {
            round += 1
            try folder.replace("top/zzz.yaml", Manifest.namespace("end\(round)"))
            await watched.until { [round] in
                $0.state.namespaces.map(\.name) == ["end\(round)"]
            }
            let fresh = try await WatchedFolder(folder["top"])
            let isSame =
                watched.state.inOrder == fresh.state.inOrder
                && watched.last.problems == fresh.last.problems
            if isSame { return }
            if ContinuousClock.now > deadline {
                #expect(watched.state.inOrder == fresh.state.inOrder, "seed \(seed)")
                #expect(watched.last.problems == fresh.last.problems, "seed \(seed)")
                return
            }
        }
    }

    /// Manifests without errors.
    private static func good(_ random: inout SeededGenerator) -> String {
        let names = random.some(random.number(in: 1...3), of: Array(0...7))
        return names.map {
            Manifest.pod("p\($0)", labels: "{v: \"\(random.number(in: 0...2))\"}")
        }.joined()
    }
}
