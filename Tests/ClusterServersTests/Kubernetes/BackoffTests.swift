// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyTestKit
import Testing

@testable import ClusterServers

@Suite struct BackoffTests {
    @Test("Waits are drawn up to a limit that doubles, and begin again after a success")
    func limits() {
        for seed in UInt64(0)..<50 {
            var random = SeededGenerator(seed: seed)
            var backoff = Backoff()
            var limits: [Duration] = []
            for _ in 0..<12 {
                limits.append(backoff.limit)
                let wait = backoff.fail(using: &random)
                #expect(wait >= .zero && wait <= limits.last ?? .zero, "seed \(seed)")
            }
            #expect(limits[0] == .milliseconds(200))
            #expect(limits[1] == .milliseconds(400))
            #expect(limits[7] == .milliseconds(25_600))
            #expect(limits[8...].allSatisfy { $0 == .seconds(30) })
            backoff.reset()
            #expect(backoff.limit == .milliseconds(200))
        }
    }

    @Test("Waits differ, and no wait is shorter than what the server asks for")
    func pauses() {
        var random = SeededGenerator(seed: 1)
        var backoff = Backoff()
        var waits: Set<Duration> = []
        for _ in 0..<20 { waits.insert(backoff.fail(using: &random)) }
        #expect(waits.count == 20)
        backoff.reset()
        let wait = backoff.fail(pause: .seconds(7), using: &random)
        #expect(wait >= .seconds(7) && wait <= .milliseconds(7200))
        #expect(backoff.fail(pause: .seconds(86_400), using: &random) <= .seconds(301))
    }

    @Test("A bucket gives what it holds at once, and then as much as comes")
    func bucket() {
        let start = ContinuousClock.now
        var bucket = TokenBucket(capacity: 3, rate: 0.5, now: start)
        #expect((0..<5).map { _ in bucket.take(now: start) } == [true, true, true, false, false])
        let taken = [1, 2, 2].map { bucket.take(now: start + .seconds($0)) }
        #expect(taken == [false, true, false])
        #expect(
            (0..<5).map { _ in bucket.take(now: start + .seconds(3600)) }
                == [true, true, true, false, false])
    }
}
