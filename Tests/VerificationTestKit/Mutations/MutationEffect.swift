// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NftablesModel
import PolicyTestKit
import PolicyVerification

/// What a mutation does to packets, as far as a sample of them tells.
enum MutationEffect {
    /// This packet's fate is another.
    case changing(ProbePacket)
    /// This packet's fate is another, or not: it depends on what cannot be known.
    case uncertain(ProbePacket)
    /// No packet's was.
    case harmless
}

extension MutationEffect {
    /// Looks for a packet with another fate.
    ///
    /// - Parameters:
    ///   - count: how many packets to sample.
    ///   - seen: gets the packets with their fates under the mutated table: one, or one for each
    ///     assumption about what is not known.
    static func sampled(
        _ count: Int, from sampler: inout PacketSampler, original: FateInterpreter,
        mutated: FateInterpreter, seen: inout [(packet: ProbePacket, fates: [Bool])]
    ) throws -> MutationEffect {
        var uncertain: ProbePacket?
        var changing: ProbePacket?
        for _ in 0..<count {
            guard let sample = sampler.next() else { continue }
            let before = try original.fates(sample)[0]
            let after = try mutated.fates(sample)
            seen.append((sample, after))
            if after.allSatisfy({ $0 != before }) {
                changing = sample
                break
            }
            if after.contains(where: { $0 != before }) { uncertain = sample }
        }
        if let changing { return .changing(changing) }
        return uncertain.map { .uncertain($0) } ?? .harmless
    }
}
