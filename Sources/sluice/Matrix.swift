// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import ArgumentParser
import PolicyAnalysis
import PolicyDocuments
import PolicyModel

struct Matrix: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show who reaches whom, and on which ports.",
        discussion: """
            Works out for every pair of pods, and for each pod and the world outside, what the \
            policies of both sides allow: exactly, and without root, a kernel or a packet. Pods of \
            the host network and finished pods are left out. Deployments and other workloads \
            without running pods count as a pod each.

            "world" is the addresses outside that no policy singles out; those that some do are \
            peers of their own, such as "world 203.0.113.0/24". Ports run from 1 to 65535, "other" \
            is every protocol besides TCP, UDP and SCTP. What is never policed, such as traffic \
            between a pod and its own node, is not shown; nor is what host endpoints' policies say.

            With --with-staged it shows what would be if the staged policies were enforced \
            (StagedNetworkPolicy and its like), and marks what differs from today: with * in the \
            table, with a corner in the page, and with "today" in the JSON.

            EXIT CODES
              0  done    2  an error

            EXAMPLES
              sluice matrix -f cluster.yaml
              sluice matrix -f cluster.yaml --port 80/tcp --only-namespace shop
              sluice matrix -f cluster.yaml --format html > matrix.html
              sluice matrix -f cluster.yaml --with-staged
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case table
        case json
        case html
    }

    @OptionGroup var manifests: ManifestOptions

    @Option(
        name: .customLong("port"),
        help: ArgumentHelp(
            "Only this port or range: 80, 80/tcp, 8000-8010/udp, or a protocol's: sctp. Repeatable.",
            valueName: "port"))
    var ports: [PortArgument] = []

    @Option(
        name: .customLong("only-namespace"),
        help: ArgumentHelp(
            "Only connections from or to pods of this namespace. Repeatable.", valueName: "name"))
    var namespaces: [String] = []

    @Option(
        help: """
            table: for people; json: every pair, one a line, for machines; html: a page to look \
            around in, which needs nothing else.
            """)
    var format = Format.table

    @Flag(help: "Show it as if the staged policies were enforced, and mark what that changes.")
    var withStaged = false

    func run() throws {
        let assembly = try manifests.assembly()
        let cluster = AnalysedCluster(assembly, enforcesStaged: withStaged)
        let unknown = Set(namespaces).subtracting(cluster.state.namespaces.map(\.name))
        if let name = unknown.min() {
            throw Failure("--only-namespace \(name): nothing of the input is in this namespace")
        }
        if withStaged, assembly.state.stagedPolicies.isEmpty {
            Console.note("the input has no staged policy: nothing would change")
        }
        let reachability =
            withStaged ? Reachability(enforcingStagedOf: assembly) : Reachability(cluster)
        let view = MatrixView(
            packets: ports.isEmpty
                ? nil : ports.reduce(TransportSet.none) { $0.union($1.packets) },
            namespaces: namespaces.isEmpty ? nil : Set(namespaces))
        switch format {
        case .table:
            let table = MatrixTable(
                reachability, of: cluster, view: view, isASCII: !Terminal.showsUnicode)
            Console.output(table.text(width: Terminal.width))
        case .json:
            ConnectionList(reachability, view: view).write(Console.output)
        case .html:
            MatrixPage(reachability, of: cluster, view: view).write(Console.output)
        }
    }
}
