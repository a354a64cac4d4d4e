// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel
import PolicyTestKit
import Testing
import VerificationTestKit

/// The differential campaign, shortened. `Tools/soak campaign` is the long run.
@Suite(.needsNamespaces, .serialized)
struct CampaignTests {
    @Test("Reference, interpreted ruleset and kernel agree on every packet of random worlds")
    func agreement() throws {
        let report = try Campaign(seed: 1, worlds: 40).run()
        print(report.text)
        #expect(report.differences.isEmpty)
        #expect(report.worlds == 40 && report.tieredWorlds > 10 && report.readWorlds == 10)
        #expect(report.denied * 10 > report.packets, "too few packets are denied to tell much")
        #expect(report.denied * 10 < report.packets * 9, "too few are allowed")
    }

    @Test("A kernel that drops what it should pass is noticed, and so is one that passes it all")
    func interference() throws {
        for (rule, words) in [("drop", "the kernel drops it"), ("accept", "the kernel passes it")] {
            var campaign = Campaign(seed: 7, worlds: 1)
            campaign.packets = 200
            campaign.mostDifferences = 3
            campaign.interference = { node in
                try node.execute([
                    "nft", "insert rule inet sluice forward meta l4proto tcp \(rule)",
                ])
            }
            let differences = try campaign.run().differences
            try #require(differences.count > 2)
            #expect(differences[0].text == "seed 7: the kernel's table is not the compiled one")
            #expect(differences[1].text.contains("the verification says different"))
            #expect(differences[2].text.contains(words), "\(differences[2].text)")
        }
    }
}
