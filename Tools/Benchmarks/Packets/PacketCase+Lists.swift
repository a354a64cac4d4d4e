// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives

extension PacketCase {
    private static let policyCounts = [1, 3, 10, 50, 200]
    private static let blockCounts = [1, 10, 100, 1_000]
    private static let tierCounts = [3, 9, 51, 201]

    /// Those that are measured unless others are asked for: each question once.
    static let usual: [PacketCase] =
        policyCounts.map { PacketCase(policies: .allow($0)) }
        + [10, 50, 200].map { PacketCase(policies: .allow($0), ports: .many) }
        + [50].map { PacketCase(policies: .allow($0), match: .first) }
        + [1, 50, 200].map { PacketCase(policies: .allow($0), match: .never) }
        + [9, 51].map { PacketCase(policies: .tiers($0)) }
        + [PacketCase(policies: .tiers(51), match: .never)]
        + blockCounts.map { PacketCase(policies: .blocks($0)) }
        + [1, 50].map { PacketCase(policies: .allow($0), family: .ipv6) }
        + [1, 50, 200].map { PacketCase(policies: .allow($0), isEstablished: true) }
        + [PacketCase(policies: .allow(50), family: .ipv6, isEstablished: true)]

    /// Every combination that makes sense.
    static let full: [PacketCase] = {
        var cases: [PacketCase] = []
        for family in AddressFamily.allCases {
            for match in Match.allCases {
                for ports in PortChoice.allCases {
                    cases += policyCounts.map {
                        PacketCase(policies: .allow($0), ports: ports, match: match, family: family)
                    }
                    cases += tierCounts.map {
                        PacketCase(policies: .tiers($0), ports: ports, match: match, family: family)
                    }
                }
                cases += blockCounts.map {
                    PacketCase(policies: .blocks($0), match: match, family: family)
                }
            }
            cases += policyCounts.map {
                PacketCase(policies: .allow($0), family: family, isEstablished: true)
            }
            cases += [
                PacketCase(policies: .tiers(51), family: family, isEstablished: true),
                PacketCase(policies: .blocks(1_000), family: family, isEstablished: true),
            ]
        }
        return cases
    }()
}
