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
              sluice explain -f shop.yaml --from shop/front --to shop/web --port 80 --source-port 53
              sluice explain -f shop.yaml --from pay/api --to shop/web --port 53/udp \
            --node node-a --kernel

            FROM AND TO
              shop/web                  a pod; web alone is in -n's namespace
              shop/deployment/web       a workload; deployment/web likewise
              10.1.0.7, 2001:db8::1     an address; a pod's means the pod
              shop/networkset/partners  the first address of a NetworkSet; globalnetworkset/NAME likewise
              shop/service/db           a Service's endpoint, if it has but one

            STAGED POLICIES
              They are not enforced and do not count. Where they would decide the packet \
            otherwise, a note says so.

            PORT
              8080/tcp, 8080, 53/udp    a port, of TCP unless stated
              http, http/udp            a name that the receiver gives to a port
              icmp, icmpv6, icmpv6/135  an echo request, or another type
              icmp/3/1                  a type and a code
              esp, gre, protocol/50     a protocol without ports

            JSON
              verdict, from, to, traffic, notes, and flows: one for each family, with egress and \
            ingress (allowed, decision, reason, hints, tiers > policies > rules > peers and ports) \
            and rulesets (node, origin, verdict, agrees, trace). Where policies are staged, also \
            staged: verdict, changes, reasons.

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

    @Option(
        help: ArgumentHelp(
            "The sender's port; without it one that no policy is likely to single out, 40000.",
            valueName: "number"))
    var sourcePort: UInt16?

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
        let cluster = AnalysedCluster(assembly)
        var state = assembly.state
        var (sender, receiver): (ResolvedParty, ResolvedParty)
        do {
            (sender, receiver) = try parties(in: state, of: cluster)
        } catch  where !kernel {
            // Perhaps a workload is meant, or a pod that has no address yet.
            let known = Set(state.endpoints.filter { !$0.addresses.isEmpty }.map(\.id))
            state = cluster.state
            (sender, receiver) = try parties(in: state, of: cluster)
            sender.noteAssumedAddress(unlessIn: known)
            receiver.noteAssumedAddress(unlessIn: known)
        }
        var traffic = try Self.option("--port") { try TrafficPort(port).resolve(at: receiver) }
        if let sourcePort {
            guard traffic.port != nil else {
                throw Failure("--source-port: \(traffic) has no ports")
            }
            traffic.sourcePort = sourcePort
        }
        return try ExplainedConnection(
            in: state, from: sender, to: receiver, traffic,
            node: try input.namedNode(in: state), usesKernel: kernel)
    }

    private func parties(
        in state: ClusterState, of cluster: AnalysedCluster
    ) throws -> (ResolvedParty, ResolvedParty) {
        (
            try Self.option("--from") { try party(from, in: state, of: cluster) },
            try Self.option("--to") { try party(to, in: state, of: cluster) }
        )
    }

    private func party(
        _ text: String, in state: ClusterState, of cluster: AnalysedCluster
    ) throws -> ResolvedParty {
        let namespace = input.manifests.namespace
        var party = try TrafficParty(text)
        if let id = state.endpoints.first(where: { $0.id.description == text })?.id {
            party = .names([id.namespace, id.name])
        } else if case .names(let names) = party,
            let named = NamedAddresses(names, defaultNamespace: namespace)
        {
            let (address, note) = try named.resolve(in: state)
            var resolved = try TrafficParty.address(address).resolve(
                in: state, defaultNamespace: namespace)
            resolved.notes += note.map { [$0] } ?? []
            return resolved
        } else if let (kind, id) = party.workload(defaultNamespace: namespace) {
            party = try Self.pod(of: "\(id.namespace)/\(kind.lowercased())/\(id.name)", in: cluster)
        }
        return try party.resolve(in: state, defaultNamespace: namespace)
    }

    /// The one pod of a workload, or the endpoint that stands for it.
    private static func pod(
        of workload: String, in cluster: AnalysedCluster
    ) throws -> TrafficParty {
        let pods = cluster.endpoints(named: workload)
        guard let first = pods.first else {
            throw TrafficError(
                "the input has no workload \(workload); name a pod, as NAMESPACE/POD")
        }
        guard pods.count == 1 else {
            throw TrafficError(
                "\(workload) has \(pods.count) pods, which need not be alike; name one, such as "
                    + "\(first.id)")
        }
        return .names([first.id.namespace, first.id.name])
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
