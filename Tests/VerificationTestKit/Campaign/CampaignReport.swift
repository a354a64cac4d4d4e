// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// What came of a ``Campaign``.
public struct CampaignReport: Codable, Sendable {
    /// The seed of the first world; the others follow one by one.
    public var firstSeed: UInt64
    /// How many worlds were judged.
    public var worlds = 0
    /// Of these, how many have policies in several tiers.
    public var tieredWorlds = 0
    /// Of the worlds, how many were read from manifests.
    public var readWorlds = 0
    /// Of these, how many were proved with their workloads' interfaces too.
    public var guardedWorlds = 0
    /// How many packets were sent in all.
    public var packets = 0
    /// Of these, how many the policies deny.
    public var denied = 0
    /// Of all packets, how many the node itself sent.
    public var sentByNode = 0
    /// How long it took.
    public var seconds = 0.0
    /// Packets whose judges disagree, and rulesets that are not what was to be in force.
    public var differences: [Difference] = []

    /// One disagreement.
    public struct Difference: Codable, Sendable {
        /// The world.
        public var seed: UInt64
        /// The packet and what each judge says.
        public var text: String
    }

    /// The report of a campaign that has not begun.
    public init(firstSeed: UInt64) { self.firstSeed = firstSeed }

    /// For people.
    public var text: String {
        let share = packets == 0 ? 0 : 100 * denied / packets
        let last = worlds == 0 ? firstSeed : firstSeed + UInt64(worlds) - 1
        let rate = seconds == 0 ? 0 : Double(worlds) / seconds
        return """
            seeds          \(firstSeed) to \(last)
            time           \(Int(seconds)) s, \((rate * 10).rounded() / 10) worlds per second
            worlds         \(worlds), \(tieredWorlds) of them with tiers, \(readWorlds) read from manifests, \(guardedWorlds) with interfaces
            packets        \(packets), \(sentByNode) of them sent by the node
            denied         \(denied) (\(share) %)
            differences    \(differences.count)

            """
                + differences.map { difference in
                    """
                      \(difference.text)
                      again: Tools/soak campaign --seed \(difference.seed) --worlds 1

                    """
                }.joined()
    }
}
