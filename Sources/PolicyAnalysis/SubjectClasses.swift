// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// Works out which endpoints the policies tell apart, as senders, receivers and peers.
struct SubjectClasses {
    /// The policies in the order in which they are asked.
    let policies: [Policy]
    /// What the policies of one direction say to a class of subjects. The first belongs to those
    /// that nobody governs.
    private(set) var regions: [SubjectRegion]
    /// The sets to which the regions refer.
    private(set) var table = TransportTable()
    /// Who belongs together.
    private(set) var groups: (numbers: [Int], groups: [SubjectGroup]) = ([], [])

    private struct SubjectKey: Hashable {
        var stack: PolicyStack
        var direction: Direction
        var own: [NamedPort]
    }

    init(_ state: ClusterState, _ endpoints: [Endpoint], outside: [OutsidePeer]) {
        let selectorGroups = SelectorGroups(
            endpoints, namespaces: state.namespaces, policies: state.policies)
        let order = PolicyOrder(state, groups: selectorGroups)
        policies = order.policies
        var classes = AddressClasses(selectorGroups, policies: state.policies)
        let asked = Set(state.policies.flatMap(\.portNames))
        let ports = endpoints.map { endpoint in
            endpoint.namedPorts.filter {
                asked.contains(PortName(name: $0.name, transport: $0.transport))
            }.sorted()
        }
        var addresses: [[Int]] = []
        var families: [[AddressFamily]] = []
        for (number, endpoint) in endpoints.enumerated() {
            addresses.append(
                endpoint.addresses.map {
                    classes.classify($0, group: selectorGroups.groups[number], ports: ports[number])
                })
            families.append(endpoint.addresses.map(\.family))
        }
        for peer in outside {
            addresses.append(peer.addresses.map { classes.classify($0, group: nil, ports: []) })
            families.append(peer.addresses.map(\.family))
        }
        regions = [SubjectRegion(openTo: classes.count)]
        var stacks: [Direction: [PolicyStack]] = [:]
        for direction in Direction.allCases {
            stacks[direction] = (0..<selectorGroups.count).map { order.stack(of: $0, direction) }
        }
        var known: [SubjectKey: Int] = [:]
        var groupNumbers: [SubjectGroup: Int] = [:]
        for number in addresses.indices {
            var group = SubjectGroup(egress: 0, ingress: 0)
            if number < endpoints.count {
                for direction in Direction.allCases {
                    let stack = stacks[direction]![selectorGroups.groups[number]]
                    if stack.levels.isEmpty { continue }
                    let own = direction == .ingress ? ports[number] : []
                    let key = SubjectKey(stack: stack, direction: direction, own: own)
                    if known[key] == nil {
                        known[key] = regions.count
                        regions.append(
                            SubjectRegion(
                                stack, direction, of: policies, own: own, classes: &classes,
                                table: &table))
                    }
                    group.setRegion(known[key]!, direction, stack)
                }
            }
            for (family, address) in zip(families[number], addresses[number]) {
                group.insert(address, family)
            }
            let next = groupNumbers.count
            let position = groupNumbers[group, default: next]
            if position == next {
                groupNumbers[group] = next
                groups.groups.append(group)
            }
            groups.numbers.append(position)
        }
    }
}

/// Endpoints that the policies do not tell apart.
struct SubjectGroup: Hashable, Sendable {
    /// The region of what they may send.
    private(set) var egress: Int
    /// The region of what they may receive.
    private(set) var ingress: Int
    /// The policies that govern egress.
    private(set) var egressStack = PolicyStack()
    /// The policies that govern ingress.
    private(set) var ingressStack = PolicyStack()
    /// The classes of the IPv4 addresses, ascending.
    private var classes4: [Int] = []
    /// The classes of the IPv6 addresses, ascending.
    private var classes6: [Int] = []

    init(egress: Int, ingress: Int) {
        self.egress = egress
        self.ingress = ingress
    }

    /// The classes of the addresses of a family, ascending.
    func classes(_ family: AddressFamily) -> [Int] { family == .ipv4 ? classes4 : classes6 }

    /// The region of one direction.
    func region(_ direction: Direction) -> Int { direction == .egress ? egress : ingress }

    /// The policies that govern one direction.
    func stack(_ direction: Direction) -> PolicyStack {
        direction == .egress ? egressStack : ingressStack
    }

    mutating func setRegion(_ region: Int, _ direction: Direction, _ stack: PolicyStack) {
        switch direction {
        case .egress: (egress, egressStack) = (region, stack)
        case .ingress: (ingress, ingressStack) = (region, stack)
        }
    }

    mutating func insert(_ number: Int, _ family: AddressFamily) {
        let classes = Set(classes(family)).union([number]).sorted()
        switch family {
        case .ipv4: classes4 = classes
        case .ipv6: classes6 = classes
        }
    }
}

/// A port's name and protocol.
struct PortName: Hashable {
    var name: String
    var transport: IPProtocol
}

extension Policy {
    /// The port names that the rules mention.
    var portNames: [PortName] {
        allRules.flatMap { rule -> [PortName] in
            guard case .only(let ports) = rule.ports else { return [] }
            return ports.compactMap {
                if case .named(let transport, let name) = $0 {
                    PortName(name: name, transport: transport)
                } else {
                    nil
                }
            }
        }
    }
}
