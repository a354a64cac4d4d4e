// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import ArgumentParser
import Foundation
import NodeAgent

struct Agent: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Keep a node's policies in force, as long as it runs.",
        discussion: """
            Follows the cluster's objects, changes the kernel whenever they change, and puts right \
            what others change in the table `inet sluice`. Needs CAP_NET_ADMIN in the network \
            namespace. Nothing is written before everything has been read once. After that, what \
            has an error keeps its last good content in force; the log and sluice status say what is \
            wrong with it.

            EXAMPLES
              sluice agent -f /etc/sluice --node node-a
              sluice agent --source kubernetes --node node-a
              sluice agent --source etcd --etcd-endpoints https://10.0.0.1:2379 --node node-a
              sluice status

            CONFIGURATION
              A flag wins over the environment, which wins over the file that --config or \
            SLUICE_CONFIG names, which wins over the default. An empty variable counts as unset. \
            --print-config shows what comes out, and from where.

            \(table)

              Variables that other programs read count where nothing else says it: \
            \(customary). Lists have colons between paths in a variable, commas between URLs; in \
            the file they are YAML lists. Durations are written as 20ms, 30s, 5m or 1m30s.

              # agent.yaml
              node: node-a
              filename: [/etc/sluice]
              logFormat: json

            ADDRESSES
              /healthz /readyz /metrics /status, by default at http://127.0.0.1:9095

            SIGNALS
              SIGTERM and SIGINT end the agent. The rules stay in force without it, unless \
            --cleanup is given.

            EXIT CODES
              0  ended by a signal    2  an error: the configuration, the address, or the kernel
            """)

    @Option(
        help: """
            Where the cluster's objects come from: files (the default), kubernetes (the API that \
            --kubeconfig names, or that the pod runs in), or etcd (in which Calico keeps its \
            objects).
            """)
    var source: String?

    @Option(
        name: [.customShort("f"), .customLong("filename")],
        help: ArgumentHelp(
            "Manifests: a file, or a directory (read recursively). Repeatable.", valueName: "path"))
    var paths: [String] = []

    @Option(help: "The node whose pods are governed.")
    var node: String?

    @Option(
        name: [.customShort("n"), .long], help: "The namespace of objects that name none.")
    var namespace: String?

    @OptionGroup(title: "Kubernetes")
    var kubernetes: AgentKubernetesOptions

    @OptionGroup(title: "etcd")
    var etcd: AgentEtcdOptions

    @Option(
        help: ArgumentHelp(
            "Where health, metrics and status are served; off for nowhere.",
            valueName: "address:port"))
    var listen: String?

    @Option(
        help: """
            exclusive: the kernel keeps others from changing the table, from the start (needs \
            Linux 6.9; a table that was made for everybody is made anew); monitor: changes are \
            noticed and taken back; auto: exclusive from the first write on, where it can be.
            """)
    var ownership: String?

    @Option(help: "The least severe messages that are logged, from trace to critical.")
    var logLevel: String?

    @Option(help: "text: lines for people; json: an object on each line.")
    var logFormat: String?

    @Option(
        help: ArgumentHelp(
            "How long to wait for more changes before committing, up to 10s.",
            valueName: "duration"))
    var coalesce: String?

    @Flag(inversion: .prefixedNo, help: "Remove the table on a clean exit.")
    var cleanup: Bool?

    @Option(
        help: ArgumentHelp(
            "How often the whole table is compared, at least 10s; off for never.",
            valueName: "duration"))
    var resync: String?

    @Option(
        help: ArgumentHelp(
            "How often the table is read back and proved to do what the policies say, at least 10s; with it, after every change too. Takes about half as much memory again.",
            valueName: "duration"))
    var verify: String?

    @Option(
        help: """
            routes: where an interface leads to a pod alone, by its routes, packets from there \
            have to bear the pod's addresses, as with Calico's WorkloadEndpoints; off: nothing is \
            concluded from routes, because pods may mean to send from other addresses.
            """)
    var interfaces: String?

    @Option(
        help: ArgumentHelp(
            "A directory that exists and gets a file NAMESPACE_NAME for each pod of the node whose policies are in force; off for none.",
            valueName: "path"))
    var statusDirectory: String?

    @Option(help: ArgumentHelp("A YAML file with the configuration.", valueName: "path"))
    var config: String?

    @Flag(help: "Print the configuration as YAML, and where each value comes from; start nothing.")
    var printConfig = false

    func run() async throws {
        let resolved = try resolve()
        if printConfig {
            Console.output(resolved.yaml)
            return
        }
        // A reader of the log or of an answer that goes away must not end the agent.
        signal(SIGPIPE, SIG_IGN)
        do {
            try await AgentService.run(resolved.configuration)
        } catch {
            throw Failure("\(error)")
        }
    }

    private func resolve() throws -> ResolvedConfiguration {
        let environment = ProcessInfo.processInfo.environment
        do {
            let file = try ConfigurationFile.read(flag: config, environment: environment)
            return try AgentConfiguration.resolve(
                flags: flags, environment: environment, file: file)
        } catch {
            for problem in error.problems { Console.error(problem.description) }
            throw ExitStatus.error
        }
    }

    private var flags: [ConfigurationKey: [String]] {
        let single: [ConfigurationKey: String?] = [
            .node: node, .source: source, .namespace: namespace, .listen: listen,
            .ownership: ownership,
            .logLevel: logLevel, .logFormat: logFormat, .coalesce: coalesce,
            .cleanup: cleanup.map { "\($0)" }, .resync: resync, .verify: verify,
            .interfaces: interfaces, .statusDirectory: statusDirectory,
        ]
        return single.compactMapValues { $0.map { [$0] } }
            .merging([.filename: paths]) { $1 }
            .merging(kubernetes.flags) { $1 }.merging(etcd.flags) { $1 }
    }

    private static var customary: String {
        ConfigurationKey.allCases.compactMap(\.customaryVariable).joined(separator: ", ")
    }

    private static func missing(_ key: ConfigurationKey) -> String {
        switch key {
        case .node, .filename: "(must be given)"
        case .etcdEndpoints: "(must be given for etcd)"
        default: "(none)"
        }
    }

    private static var table: String {
        let standard = ResolvedConfiguration.defaults
        let rows =
            [["flag", "variable", "key in the file", "default"]]
            + ConfigurationKey.allCases.map {
                [$0.flag, $0.variable, $0.rawValue, standard[$0] ?? missing($0)]
            }
        let widths = (0..<3).map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            let cells = zip(row, widths).map { cell, width in
                cell + String(repeating: " ", count: width - cell.count + 2)
            }
            return "  " + cells.joined() + row[3]
        }.joined(separator: "\n")
    }
}
