// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import ArgumentParser
import PolicyVerification

struct Explain: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Say whether a connection's first packet passes, and why.",
        discussion: """
            Prints the verdict; then for the sender's egress and the receiver's ingress the tiers, \
            policies and rules that were asked, and why each matched or did not; then the way of \
            the packet through the ruleset of each node that forwards it: chains, rules, and the \
            elements of sets. Positions count from zero, as in ingress[0]. Needs neither root nor \
            a kernel, except with --kernel.

            Without --node the sender's node is asked about egress and the receiver's about \
            ingress. With it, only this node is asked, about both.

            EXAMPLE
              sluice explain -f cluster.yaml --from shop/front --to shop/web --port 8080/tcp
              sluice explain -f cluster.yaml -n shop --from 192.0.2.1 --to web --port http
              sluice explain -f cluster.yaml --from shop/front --to shop/web --port 8080 \
            --node node-a --kernel

            FROM AND TO
              shop/web                    a pod; web alone is one of the namespace that -n names
              shop/deployment/web         a workload, or deployment/web
              10.1.0.7, 2001:db8::1       an address; one that a pod owns means the pod

            PORT
              8080/tcp, 8080, 53/udp      a port, of TCP unless stated
              http, http/udp              a name that the receiving pod gives to a port
              icmp, icmpv6, icmpv6/128    an echo request, or another type
              esp, gre, protocol/50       a protocol without ports

            JSON
              verdict, from, to, traffic, notes, and flows: one for each family, with egress and \
            ingress (allowed, decision, reason, hints, tiers > policies > rules > peers and ports) \
            and rulesets (node, origin, verdict, agrees, trace).

            EXIT CODES
              0  allowed    1  denied, in one family at least    2  an error
              3  a ruleset does something else than the policies say, or what it does cannot be told
            """)

    @OptionGroup var input: InputOptions

    @Option(help: ArgumentHelp("Who opens the connection.", valueName: "pod|workload|address"))
    var from: String

    @Option(help: ArgumentHelp("To whom.", valueName: "pod|workload|address"))
    var to: String

    @Option(help: ArgumentHelp("Port and protocol.", valueName: "port/protocol"))
    var port: String

    @Flag(help: "Follow the packet through the ruleset of this network namespace's kernel.")
    var kernel = false

    @Option(help: "text: for people; json: the same for machines.")
    var format = OutputFormat.text

    func run() throws {
        let connection = try explain()
        switch format {
        case .text: Console.output(ConnectionText(connection).text)
        case .json: Console.output(connection.json.text())
        }
        guard connection.rulesetsAgree else { throw ExitStatus.disagreement }
        if !connection.isAllowed { throw ExitStatus.different }
    }

    private func explain() throws -> ExplainedConnection {
        let state = try input.read()
        do {
            let receiver = try TrafficParty(to).resolve(
                in: state, defaultNamespace: input.namespace)
            return try ExplainedConnection(
                in: state,
                from: try TrafficParty(from).resolve(in: state, defaultNamespace: input.namespace),
                to: receiver, try TrafficPort(port).resolve(at: receiver),
                node: try input.namedNode(in: state), usesKernel: kernel)
        } catch let error as TrafficError {
            throw Failure(error.description)
        }
    }
}
