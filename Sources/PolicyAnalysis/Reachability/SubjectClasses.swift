// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel
import PolicyVerification

/// Works out which endpoints the policies tell apart, as senders, receivers and peers.
struct SubjectClasses {
    /// The policies in the order in which they are asked.
    let policies: [Policy]
    /// What the policies of one direction say to a class of subjects. The first belongs to those
    /// that nobody governs.
    private(set) var regions: [SubjectRegion]
    /// The sets to which the regions refer.
    private(set) var table = TransportTable()
    /// The group of each peer: the endpoints' first, then those of the peers outside.
    private(set) var numbers: [Int] = []
    /// Who belongs together.
    private(set) var groups: [SubjectGroup] = []
    private var groupNumbers: [SubjectGroup: Int] = [:]
    private var known: [Subjects: Int] = [:]
    private var governance: Governance
    private var ipv4: FamilyClasses<UInt32>
    private var ipv6: FamilyClasses<UInt128>

    /// All that counts of an endpoint in one direction.
    private struct Subjects: Hashable {
        var ipv4: [PolicySubject]
        var ipv6: [PolicySubject]
    }

    init(_ state: ClusterState, _ endpoints: [Endpoint], outside: [OutsidePeer]) {
        governance = Governance(state)
        policies = governance.policies
        let regions4 = PolicyRegions<UInt32>(state, governance)
        let regions6 = PolicyRegions<UInt128>(state, governance)
        ipv4 = FamilyClasses(regions4, first: 0, others: regions6.classCount)
        ipv6 = FamilyClasses(
            regions6, first: regions4.classCount, others: regions4.classCount)
        regions = [SubjectRegion(openTo: regions4.classCount + regions6.classCount)]
        for endpoint in endpoints {
            add(
                egress: region(of: endpoint, .egress), ingress: region(of: endpoint, .ingress),
                endpoint.addresses)
        }
        for peer in outside { add(egress: 0, ingress: 0, peer.addresses) }
    }

    /// The number of an endpoint's region in one direction.
    private mutating func region(of endpoint: Endpoint, _ direction: Direction) -> Int {
        let stack = governance.stack(of: endpoint, direction)
        if stack.isEmpty { return 0 }
        let subjects = Subjects(
            ipv4: ipv4.subjects(endpoint, direction, stack),
            ipv6: ipv6.subjects(endpoint, direction, stack))
        if let number = known[subjects] { return number }
        var region = SubjectRegion(stack, classes: regions[0].allowed.count)
        // One of several addresses suffices for a connection.
        for subject in subjects.ipv4 { ipv4.judge(subject, into: &region, &table) }
        for subject in subjects.ipv6 { ipv6.judge(subject, into: &region, &table) }
        known[subjects] = regions.count
        regions.append(region)
        return regions.count - 1
    }

    /// Adds a peer to the group to which it belongs.
    private mutating func add(egress: Int, ingress: Int, _ addresses: [IPAddress]) {
        var group = SubjectGroup(egress: egress, ingress: ingress)
        for address in addresses {
            switch address {
            case .ipv4(let bits): group.insert(ipv4.number(of: bits), .ipv4)
            case .ipv6(let bits): group.insert(ipv6.number(of: bits), .ipv6)
            }
        }
        let number = groupNumbers[group] ?? groups.count
        if number == groups.count {
            groupNumbers[group] = number
            groups.append(group)
        }
        numbers.append(number)
    }
}
