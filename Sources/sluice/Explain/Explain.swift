// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import ArgumentParser
import PolicyAnalysis
import PolicyModel
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
              sluice explain -f shop.yaml --from shop/front --to shop/web --port 8080/tcp
              sluice explain -f shop.yaml -n shop --from 192.0.2.1 --to web --port http
              sluice explain -f shop.yaml --from pay/api --to shop/web --port 53/udp \
            --node node-a --kernel

            FROM AND TO
              shop/web                  a pod; web alone is in -n's namespace
              shop/deployment/web       a workload; deployment/web likewise
              10.1.0.7, 2001:db8::1     an address; a pod's means the pod

            PORT
              8080/tcp, 8080, 53/udp    a port, of TCP unless stated
              http, http/udp            a name that the receiver gives to a port
              icmp, icmpv6, icmpv6/135  an echo request, or another type
              esp, gre, protocol/50     a protocol without ports

            JSON
              verdict, from, to, traffic, notes, and flows: one for each family, with egress and \
            ingress (allowed, decision, reason, hints, tiers > policies > rules > peers and ports) \
            and rulesets (node, origin, verdict, agrees, trace).

            EXIT CODES
              0  allowed
              1  denied, in one family at least
              2  an error: input, names or usage
              3  a ruleset does otherwise than the policies say, or cannot be judged
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
        let assembly = try input.manifests.assembly()
        var state = assembly.state
        var (sender, receiver): (ResolvedParty, ResolvedParty)
        do {
            (sender, receiver) = try parties(in: state)
        } catch  where !kernel {
            // Perhaps a workload is meant, or a pod that has no address yet.
            let known = Set(state.endpoints.filter { !$0.addresses.isEmpty }.map(\.id))
            state = AnalysedCluster(assembly).state
            (sender, receiver) = try parties(in: state)
            sender.noteAssumedAddress(unlessIn: known)
            receiver.noteAssumedAddress(unlessIn: known)
        }
        let traffic = try Self.option("--port") { try TrafficPort(port).resolve(at: receiver) }
        return try ExplainedConnection(
            in: state, from: sender, to: receiver, traffic,
            node: try input.namedNode(in: state), usesKernel: kernel)
    }

    private func parties(in state: ClusterState) throws -> (ResolvedParty, ResolvedParty) {
        (
            try Self.option("--from") { try party(from, in: state) },
            try Self.option("--to") { try party(to, in: state) }
        )
    }

    private func party(_ text: String, in state: ClusterState) throws -> ResolvedParty {
        try TrafficParty(text).resolve(in: state, defaultNamespace: input.manifests.namespace)
    }

    /// What an option means; an error names the option.
    private static func option<Value>(_ name: String, _ read: () throws -> Value) throws -> Value {
        do { return try read() } catch let error as TrafficError {
            throw Failure("\(name): \(error)")
        }
    }
}

extension ResolvedParty {
    /// Tells that a party's addresses stand for those that it does not have yet.
    fileprivate mutating func noteAssumedAddress(unlessIn known: Set<EndpointID>) {
        guard let endpoint, !known.contains(endpoint.id) else { return }
        notes.append("\(name) has no address yet; it is explained as if it had this one")
    }
}
