// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import ArgumentParser
import NetfilterKernel
import NftablesModel
import PolicyVerification

struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Prove that the kernel of this network namespace does what the policies say.",
        discussion: """
            Reads the table `inet sluice` back from the kernel and compares what it does with what \
            the policies say, for every packet: any source and destination address, all protocols \
            and ports, both directions, every pod of the node, every connection state, IPv4 and \
            IPv6. Nothing is sampled, no packet is sent and nothing is changed. Needs CAP_NET_ADMIN.

            For each difference it prints one packet, what the policies say of it and which rule of \
            theirs, and what the kernel does with it and by which rule (handle as in `nft -a`).

            What the proof does not cover is printed too: other tables' chains on the same hooks, \
            translation of addresses before ours, connections that are established already.

            EXIT CODES
              0  proved
              1  different: some packet meets another fate than the policies give it
              2  an error: bad input or usage, or the kernel cannot be read
              3  not proved: part of the ruleset is not understood, and a packet's fate depends on it

            EXAMPLE
              ip netns exec node-a sluice verify -f cluster.yaml --node node-a
            """)

    @OptionGroup var input: InputOptions
    @Option(help: "text: for people; json: for machines.")
    var format = OutputFormat.text

    func run() throws {
        let (state, node) = try input.cluster(asksKernel: true)
        let kernel = try Kernel()
        let observed = try kernel.read()
        let report = Verification(state, localNode: node).verify(observed)
        let proof = VerificationText(
            report, node: node, isTablePresent: observed != nil,
            others: try kernel.attachedChains())
        switch format {
        case .text: Console.output(proof.text)
        case .json: Console.output(proof.json.text())
        }
        switch report.outcome {
        case .proved: break
        case .different: throw ExitStatus.different
        case .notProved: throw ExitStatus.unknown
        }
    }
}
