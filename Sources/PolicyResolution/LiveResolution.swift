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
    private var inherited = InheritedLabels()
    private var endpoints = EndpointTable()
    private var claims = AddressClaims()
    private var objects = PeerObjects()
    private var watches = PeerWatches()
    private var objectWatches = ObjectWatches()
    private var latestWatch = 0
    private var stacks = LiveStacks()
    /// The endpoints that name profiles, without the labels of these, by what they name.
    private var profiled = ProfiledEndpoints()
    /// The node itself; nil while it is not known.
    public private(set) var ownNode: Node?
    private var addressesOfNodes: [String: [IPAddress]] = [:]
    private var configurations: [String: NodeConfiguration] = [:]
    private var hosts: Set<EndpointID> = []
    private var guarded: Set<EndpointID> = []

    /// The node's workloads whose interfaces are known and that own an address, by name.
    public var guardedEndpoints: [LocalEndpoint] {
        guarded.sorted().compactMap { locals[$0]?.local }
    }

    /// Rises whenever something of the node's workloads may have changed.
    public private(set) var localRevision: UInt64 = 0

    /// Who claims an address.
    public func claimants(of address: IPAddress) -> [EndpointID] {
        claims.claimants(of: address).map { endpoints[$0].id }
    }

    /// The host endpoints of this node, by name, with the policies that select them.
    ///
    /// - Complexity: as that of compiling them anew; there are few.
    public var hostEndpoints: [LocalEndpoint] {
        hosts.sorted().map { id in
            let endpoint = endpoints[endpoints.number(of: id)!]
            let policies = stacks.governing(endpoint, inherited)
            return LocalEndpoint(
                endpoint: endpoint, addresses: EndpointAddresses(),
                ingress: stacks.stack(of: endpoint, policies, .ingress).0,
                egress: stacks.stack(of: endpoint, policies, .egress).0)
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

    /// The addresses of all nodes, ascending.
    public var nodeAddresses: EndpointAddresses {
        EndpointAddresses(addressesOfNodes.values.joined())
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

    /// How the node enforces policies.
    public var settings: EnforcementSettings {
        EnforcementSettings(configurations.values, node: node)
    }

    /// The policed endpoints of this node that own an address, by namespace and name.
    public var localEndpoints: [LiveEndpoint] {
        locals.values.sorted { $0.local.endpoint.id < $1.local.endpoint.id }
    }

    /// The policed endpoint of this node with this name, if it owns an address.
    public func localEndpoint(_ id: EndpointID) -> LocalEndpoint? { locals[id]?.local }

    /// Takes changes and says what they mean together: of an object that changes and changes back
    /// nothing is said.
    public func apply(_ changes: some Sequence<ClusterChange>) -> ResolutionChange {
        var former: [EndpointID: LiveEndpoint?] = [:]
        for change in changes {
            switch change {
            case .endpoint(let id, let value):
                let policed = value?.isPoliced ?? false ? value : nil
                profiled.put(policed, id)
                put(policed.map(stacks.profiles.labelled), named: id)
            case .namespace(let name, let value): put(value, named: name)
            case .policy(let id, let value):
                for subject in stacks.put(value, id) { touchLocals(subject) }
            case .tier(let name, let value):
                if stacks.put(value, named: name) { touched.formUnion(locals.keys) }
            case .profile(let name, let value): put(value, named: name)
            case .serviceAccount(let id, let value): put(value, id)
            case .networkSet(let id, let value): put(value, id)
            case .node(let name, let value):
                if name == node { ownNode = value }
                addressesOfNodes[name] = value?.addresses
                objects.put(value, named: name)
                objectWatches.noteNodes()
            case .serviceSlice(let id, let value):
                objectWatches.note(objects.put(value, id))
            case .configuration(let name, let value): configurations[name] = value
            case .stagedPolicy: break
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
        if endpoints.candidateCount(subject, inherited) < own?.count ?? locals.count {
            for number in endpoints.members(of: subject, inherited)
            where endpoints[number].node == node {
                touched.insert(endpoints[number].id)
            }
            return
        }
        func touch(_ id: EndpointID) {
            guard let endpoint = locals[id]?.local.endpoint else { return }
            if subject.matches(endpoint, inherited) { touched.insert(id) }
        }
        if let own { own.forEach(touch) } else { locals.keys.forEach(touch) }
    }

    private func setLocal(_ id: EndpointID, _ endpoint: LiveEndpoint?) {
        let isNew = locals[id] == nil
        localRevision += 1
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
        objectWatches.take(into: &change, objects, inherited)
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
        if let oldNumber, let old, let new, new.differsInLabelsOnly(from: old) {
            return relabel(oldNumber, old, new)
        }
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
        let oldWatches = old.map { watches.matching($0, inherited) } ?? []

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

        let newWatches = new.map { watches.matching($0, inherited) } ?? []
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

    /// Takes in other labels of an endpoint that stays as it is otherwise: it keeps its addresses, and
    /// only the watches that turn have to be told.
    private func relabel(_ number: Int32, _ old: Endpoint, _ new: Endpoint) {
        let (gained, lost) = watches.turning(old, becoming: new.labels, inherited)
        endpoints.put(new)
        let addresses = ownedAddresses(number)
        for (turned, isMember) in [(lost, false), (gained, true)] {
            for watch in turned { turn(watch, new, addresses, isMember: isMember) }
        }
        if new.node == node { touched.insert(new.id) }
    }

    /// An endpoint with its addresses becomes, or ceases to be, one that a watch concerns.
    private func turn(
        _ watch: Int, _ endpoint: Endpoint, _ addresses: [IPAddress], isMember: Bool
    ) {
        watches.count(watch, endpoint, by: isMember ? 1 : -1)
        for address in addresses {
            watches.turn(watch, address, of: endpoint, isMember: isMember)
        }
    }

    /// An address is no longer the endpoint's, or the endpoint no longer what it was.
    private func leave(_ address: IPAddress, _ endpoint: Endpoint, _ known: [Int]?) {
        for watch in known ?? watches.matching(endpoint, inherited) {
            watches.turn(watch, address, of: endpoint, isMember: false)
        }
        if endpoint.node == node { touched.insert(endpoint.id) }
    }

    private func enter(_ address: IPAddress, _ endpoint: Endpoint, _ known: [Int]?) {
        for watch in known ?? watches.matching(endpoint, inherited) {
            watches.turn(watch, address, of: endpoint, isMember: true)
        }
        if endpoint.node == node { touched.insert(endpoint.id) }
    }

    /// The addresses that the endpoint owns, each once.
    private func ownedAddresses(_ number: Int32) -> [IPAddress] {
        let addresses = endpoints[number].addresses
        // Nearly all have two.
        if addresses.count > 4 { return Set(addresses).filter { claims.owner(of: $0) == number } }
        var owned: [IPAddress] = []
        for address in addresses
        where claims.owner(of: address) == number && !owned.contains(address) {
            owned.append(address)
        }
        return owned
    }

    // MARK: Labels from elsewhere

    private func put(_ namespace: Namespace?, named name: String) {
        let old = inherited.ofNamespace(name)
        let new = namespace?.effectiveLabels ?? Namespace(name: name).effectiveLabels
        if old == new {
            inherited.put(namespace, named: name)
            return
        }
        let networkSets = objects.networkSets(inNamespace: name)
        for set in networkSets { objectWatches.note(inherited.target(set)) }
        reconsider(
            endpoints.inNamespace(name), watches.concerned(byLabels: old, becoming: new)
        ) {
            inherited.put(namespace, named: name)
        }
        for set in networkSets { objectWatches.note(inherited.target(set)) }
    }

    private func put(_ account: ServiceAccount?, _ id: ServiceAccountID) {
        let own = endpoints.inNamespace(id.namespace).filter {
            endpoints[$0].serviceAccountID == id
        }
        reconsider(own, watches.concernedByAccounts) { inherited.put(account, id) }
    }

    /// Carries out a change of the labels that some endpoints inherit.
    ///
    /// - Parameter concerned: the watches that may see them otherwise then.
    private func reconsider(_ numbers: [Int32], _ concerned: [Int], _ change: () -> Void) {
        let former = concerned.map { watch in
            numbers.map { watches.concerns(watch, endpoints[$0], inherited) }
        }
        change()
        for (watch, former) in zip(concerned, former) {
            for (number, wasMember) in zip(numbers, former) {
                let endpoint = endpoints[number]
                let isMember = watches.concerns(watch, endpoint, inherited)
                if isMember == wasMember { continue }
                turn(watch, endpoint, ownedAddresses(number), isMember: isMember)
            }
        }
        for number in numbers where endpoints[number].node == node {
            touched.insert(endpoints[number].id)
        }
    }

    private func put(_ profile: Profile?, named name: String) {
        let oldLabels = stacks.profiles[name]?.labels ?? [:]
        guard stacks.put(profile, named: name) else { return }
        touched.formUnion(locals.keys)
        if profile?.labels ?? [:] == oldLabels { return }
        for endpoint in profiled.naming(name) {
            put(stacks.profiles.labelled(endpoint), named: endpoint.id)
        }
    }

    private func put(_ set: NetworkSet?, _ id: NetworkSetID) {
        for set in [objects.networkSet(id), set] {
            if let set { objectWatches.note(inherited.target(set)) }
        }
        objects.put(set, id)
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
        let policies = stacks.governing(endpoint, inherited)
        let (ingress, ingressRevisions) = stacks.stack(of: endpoint, policies, .ingress)
        let (egress, egressRevisions) = stacks.stack(of: endpoint, policies, .egress)
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

extension Endpoint {
    /// Whether it has other labels than before and is the same in all else.
    fileprivate func differsInLabelsOnly(from old: Endpoint) -> Bool {
        if labels == old.labels { return false }
        var relabelled = old
        relabelled.labels = labels
        return relabelled == self
    }
}

extension LiveResolution: LivePeerDirectory {
    /// The addresses of the policed endpoints, nodes or Service that the peer stands for.
    public func addresses(of peer: EndpointPeer) -> EndpointAddresses {
        switch peer.source {
        case .endpoints(let selector): addresses(of: peer, selector)
        case .service(let service, let port): objects.addresses(of: service, port)
        case .nodes(let selector): objects.addresses(ofNodes: selector)
        }
    }

    private func addresses(
        of peer: EndpointPeer, _ selector: EndpointSelector
    ) -> EndpointAddresses {
        var result = EndpointAddresses()
        for number in endpoints.members(of: selector, inherited) {
            for address in ownedAddresses(number)
            where peer.counts(address, of: endpoints[number]) {
                result.append(address)
            }
        }
        result.sort()
        return result
    }

    /// The blocks of the network sets that the peer stands for.
    public func blocks(of peer: EndpointPeer) -> AddressSet { objects.blocks(of: peer, inherited) }

    /// The ports of the endpoints behind a Service.
    public func ports(of service: ServiceID) -> [ServicePort] { objects.ports(of: service) }

    /// The numbers that the selected endpoints give to a port name for a protocol.
    public func numbers(
        of name: String, transport: IPProtocol, among selector: EndpointSelector
    ) -> [UInt16] {
        let question = PortQuestion(name: name, transport: transport, among: selector)
        if let known = watches.answers(to: question) { return known }
        var numbers: Set<UInt16> = []
        for number in endpoints.members(of: selector, inherited) {
            numbers.formUnion(endpoints[number].answers(to: question))
        }
        return numbers.sorted()
    }

    /// Begins to report the changes of a peer's addresses and blocks.
    public func follow(_ peer: EndpointPeer) -> Int {
        latestWatch += 1
        watches.add(latestWatch, peer)
        objectWatches.add(latestWatch, peer, objects, inherited)
        return latestWatch
    }

    /// Begins to report whether the answer to a question about port names changes.
    public func follow(_ question: PortQuestion) -> Int {
        latestWatch += 1
        watches.add(
            latestWatch, question,
            endpoints.members(of: question.selector, inherited).lazy.map { self.endpoints[$0] })
        return latestWatch
    }

    /// Begins to report whether the ports of a Service change.
    public func follow(portsOf service: ServiceID) -> Int {
        latestWatch += 1
        objectWatches.add(latestWatch, portsOf: service, objects)
        return latestWatch
    }

    /// Ends what `follow` has begun.
    public func unfollow(_ number: Int) {
        watches.remove(number)
        objectWatches.remove(number)
    }
}
