// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// What the policies of a cluster come to on one node, kept up to date change by change.
///
/// A change costs in proportion to what it changes: an endpoint elsewhere costs as much as there are
/// followed selectors that speak of its namespace and labels. After any changes, in any order, it
/// says the same as a Resolution of the state that they lead to.
public final class LiveResolution {
    /// The node whose endpoints are governed.
    public let node: String
    private var namespaces = NamespaceLabels()
    private var endpoints = EndpointTable()
    private var claims = AddressClaims()
    private var watches = PeerWatches()
    private var stacks = LiveStacks()
    /// The node itself; nil while it is not known.
    public private(set) var ownNode: Node?
    /// The profiles by name.
    public private(set) var profiles: [String: Profile] = [:]
    /// What objects say of how nodes enforce policies, by name.
    public private(set) var configurations: [String: NodeConfiguration] = [:]
    private var hosts: Set<EndpointID> = []
    private var guarded: Set<EndpointID> = []

    /// The node's workloads whose interfaces are known and that own an address, by name.
    public var guardedEndpoints: [LocalEndpoint] {
        guarded.sorted().compactMap { locals[$0]?.local }
    }

    /// The host endpoints of this node, by name, with the policies that select them.
    ///
    /// - Complexity: as that of compiling them anew; there are few.
    public var hostEndpoints: [LocalEndpoint] {
        hosts.sorted().map { id in
            let endpoint = endpoints[endpoints.number(of: id)!]
            let policies = stacks.governing(endpoint, namespaces)
            return LocalEndpoint(
                endpoint: endpoint, addresses: EndpointAddresses(),
                ingress: stacks.stack(policies, .ingress).0,
                egress: stacks.stack(policies, .egress).0)
        }
    }

    /// The addresses of the node's workloads, ascending.
    public var workloadAddresses: EndpointAddresses {
        var result = EndpointAddresses()
        for local in locals.values {
            result.ipv4 += local.local.addresses.ipv4
            result.ipv6 += local.local.addresses.ipv6
        }
        result.sort()
        return result
    }

    /// The policed endpoints of this node that own an address.
    private var locals: [EndpointID: LiveEndpoint] = [:]
    private var localsByNamespace: [String: Set<EndpointID>] = [:]
    /// Local endpoints that have to be looked at again.
    private var touched: Set<EndpointID> = []

    /// A resolution of an empty cluster.
    public init(node: String) { self.node = node }

    /// How many endpoints of the cluster policies can select.
    public var endpointCount: Int { endpoints.count }

    /// How many policies there are.
    public var policyCount: Int { stacks.policyCount }

    /// The policed endpoints of this node that own an address, by namespace and name.
    public var localEndpoints: [LiveEndpoint] {
        locals.values.sorted { $0.local.endpoint.id < $1.local.endpoint.id }
    }

    /// Takes changes and says what they mean together: of an object that changes and changes back
    /// nothing is said.
    public func apply(_ changes: some Sequence<ClusterChange>) -> ResolutionChange {
        var former: [EndpointID: LiveEndpoint?] = [:]
        for change in changes {
            switch change {
            case .endpoint(let id, let value):
                put(value?.isPoliced ?? false ? value : nil, named: id)
            case .namespace(let name, let value): put(value, named: name)
            case .policy(let id, let value):
                for subject in stacks.put(value, id) { touchLocals(subject) }
            case .tier(let name, let value):
                if stacks.put(value, named: name) { touched.formUnion(locals.keys) }
            case .node(let name, let value): if name == node { ownNode = value }
            case .profile(let name, let value): profiles[name] = value
            case .configuration(let name, let value): configurations[name] = value
            case .stagedPolicy, .serviceAccount, .networkSet, .serviceSlice: break
            }
        }
        for id in touched {
            former[id] = .some(locals[id])
            setLocal(id, resolve(id))
        }
        touched = []
        return collect(former)
    }

    /// The local endpoints that the selector matches are to be looked at again.
    private func touchLocals(_ subject: EndpointSelector) {
        let own: Set<EndpointID>?
        if case .named(let namespace) = subject.namespaces {
            own = localsByNamespace[namespace] ?? []
        } else {
            own = nil
        }
        if endpoints.candidateCount(subject) < own?.count ?? locals.count {
            for number in endpoints.members(of: subject, namespaces)
            where endpoints[number].node == node {
                touched.insert(endpoints[number].id)
            }
            return
        }
        func touch(_ id: EndpointID) {
            guard let endpoint = locals[id]?.local.endpoint else { return }
            if subject.matches(endpoint, namespaces) { touched.insert(id) }
        }
        if let own { own.forEach(touch) } else { locals.keys.forEach(touch) }
    }

    private func setLocal(_ id: EndpointID, _ endpoint: LiveEndpoint?) {
        let isNew = locals[id] == nil
        locals[id] = endpoint
        if endpoint == nil {
            localsByNamespace[id.namespace]?.remove(id)
            if localsByNamespace[id.namespace]?.isEmpty ?? false {
                localsByNamespace[id.namespace] = nil
            }
        } else if isNew {
            localsByNamespace[id.namespace, default: []].insert(id)
        }
    }

    private func collect(_ former: [EndpointID: LiveEndpoint?]) -> ResolutionChange {
        var change = ResolutionChange()
        (change.members, change.questions) = watches.take()
        for (id, old) in former {
            let new = locals[id]
            if old == nil, new == nil { continue }
            if let old, let new, old.governs(like: new) { continue }
            change.locals[id] = .some(new)
        }
        return change
    }

    // MARK: Endpoints

    private func put(_ new: Endpoint?, named id: EndpointID) {
        let oldNumber = endpoints.number(of: id)
        let old = oldNumber.map { endpoints[$0] }
        if old == new { return }
        if id.kind != .host {
            if new?.node == node, new?.particulars?.interface != nil {
                guarded.insert(id)
            } else if !guarded.isEmpty {
                guarded.remove(id)
            }
        } else {
            if new?.node == node { hosts.insert(id) } else { hosts.remove(id) }
        }
        let addresses = Set((old?.addresses ?? []) + (new?.addresses ?? []))
        let owners = addresses.map { (address: $0, owner: claims.owner(of: $0)) }
        let oldWatches = old.map { watches.matching($0, namespaces) } ?? []

        if let oldNumber {
            for address in Set(old!.addresses) {
                claims.release(address, by: oldNumber, endpoints)
            }
        }
        var newNumber: Int32?
        if let new {
            newNumber = endpoints.put(new)
            for address in Set(new.addresses) { claims.claim(address, by: newNumber!, endpoints) }
        } else if let oldNumber {
            endpoints.remove(oldNumber)
        }

        let newWatches = new.map { watches.matching($0, namespaces) } ?? []
        if let old { for watch in oldWatches { watches.count(watch, old, by: -1) } }
        if let new { for watch in newWatches { watches.count(watch, new, by: 1) } }
        for (address, owner) in owners {
            if let owner {
                let isSelf = owner == oldNumber
                leave(address, isSelf ? old! : endpoints[owner], isSelf ? oldWatches : nil)
            }
            if let owner = claims.owner(of: address) {
                let isSelf = owner == newNumber
                enter(address, endpoints[owner], isSelf ? newWatches : nil)
            }
        }
        if old?.node == node || new?.node == node { touched.insert(id) }
    }

    /// An address is no longer the endpoint's, or the endpoint no longer what it was.
    private func leave(_ address: IPAddress, _ endpoint: Endpoint, _ known: [Int]?) {
        for watch in known ?? watches.matching(endpoint, namespaces) {
            watches.turn(watch, address, of: endpoint, isMember: false)
        }
        if endpoint.node == node { touched.insert(endpoint.id) }
    }

    private func enter(_ address: IPAddress, _ endpoint: Endpoint, _ known: [Int]?) {
        for watch in known ?? watches.matching(endpoint, namespaces) {
            watches.turn(watch, address, of: endpoint, isMember: true)
        }
        if endpoint.node == node { touched.insert(endpoint.id) }
    }

    private func ownedAddresses(_ number: Int32) -> Set<IPAddress> {
        Set(endpoints[number].addresses.filter { claims.owner(of: $0) == number })
    }

    // MARK: Namespaces

    private func put(_ namespace: Namespace?, named name: String) {
        let old = namespaces.effective(of: name)
        namespaces.put(namespace, named: name)
        let new = namespaces.effective(of: name)
        if old == new { return }
        let turning = watches.turning(from: old, to: new)
        for number in endpoints.inNamespace(name) {
            let endpoint = endpoints[number]
            for (watch, labels, isMatching) in turning where labels.matches(endpoint.labels) {
                watches.count(watch, endpoint, by: isMatching ? 1 : -1)
                for address in ownedAddresses(number) {
                    watches.turn(watch, address, of: endpoint, isMember: isMatching)
                }
            }
            if endpoint.node == node { touched.insert(endpoint.id) }
        }
    }

    // MARK: Local endpoints

    private func resolve(_ id: EndpointID) -> LiveEndpoint? {
        guard let number = endpoints.number(of: id), endpoints[number].node == node,
            id.kind != .host
        else { return nil }
        var addresses = EndpointAddresses()
        for address in ownedAddresses(number) { addresses.append(address) }
        if addresses.isEmpty { return nil }
        addresses.sort()
        let endpoint = endpoints[number]
        let policies = stacks.governing(endpoint, namespaces)
        let (ingress, ingressRevisions) = stacks.stack(policies, .ingress)
        let (egress, egressRevisions) = stacks.stack(policies, .egress)
        return LiveEndpoint(
            local: LocalEndpoint(
                endpoint: endpoint, addresses: addresses, ingress: ingress, egress: egress),
            ingressRevisions: ingressRevisions, egressRevisions: egressRevisions)
    }
}

extension LiveEndpoint {
    /// Whether both are governed in the same way.
    fileprivate func governs(like other: LiveEndpoint) -> Bool {
        local.addresses == other.local.addresses
            && ingressRevisions == other.ingressRevisions
            && egressRevisions == other.egressRevisions
            && local.endpoint.namedPorts == other.local.endpoint.namedPorts
            && local.endpoint.particulars == other.local.endpoint.particulars
    }
}

extension LiveResolution: LivePeerDirectory {
    /// The addresses of the policed endpoints that the peer stands for.
    public func addresses(of peer: EndpointPeer) -> EndpointAddresses {
        var result = EndpointAddresses()
        for number in endpoints.members(of: peer.selector, namespaces) {
            for address in ownedAddresses(number)
            where peer.counts(address, of: endpoints[number]) {
                result.append(address)
            }
        }
        result.sort()
        return result
    }

    /// The numbers that the selected endpoints give to a port name for a protocol.
    public func numbers(
        of name: String, transport: IPProtocol, among selector: EndpointSelector
    ) -> [UInt16] {
        let question = PortQuestion(name: name, transport: transport, among: selector)
        var numbers: Set<UInt16> = []
        for number in endpoints.members(of: selector, namespaces) {
            numbers.formUnion(endpoints[number].answers(to: question))
        }
        return numbers.sorted()
    }

    /// Begins to report the changes of a peer's addresses.
    public func follow(_ peer: EndpointPeer) -> Int { watches.add(peer) }

    /// Begins to report whether the answer to a question about port names changes.
    public func follow(_ question: PortQuestion) -> Int {
        watches.add(
            question,
            endpoints.members(of: question.selector, namespaces).lazy.map { self.endpoints[$0] })
    }

    /// Ends what `follow` has begun.
    public func unfollow(_ number: Int) { watches.remove(number) }
}
