// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// The match sets that programs look into, each once, with their members kept up to date.
struct LiveSets {
    private struct Record {
        var formula: MatchSet
        var users = 0
        /// The numbers of the peers in the formula.
        var peers: [Int] = []
        /// For each member, of how many of several peers it is an address; without content where
        /// there is one peer at most, whose addresses are the members.
        var counts4: [UInt32: Int32] = [:]
        var counts6: [UInt128: Int32] = [:]
        /// The formula's own blocks and those of network sets.
        var blocks: AddressSet
    }

    private struct Followed {
        var peer: EndpointPeer
        var sets: Set<Int> = []
        /// How many addresses and blocks it stands for, once somebody has asked.
        var size: Int?
    }

    private var numbers: [MatchSet: Int] = [:]
    private var records: [Int: Record] = [:]
    private var followed: [Int: Followed] = [:]
    private var watches: [EndpointPeer: Int] = [:]
    private var latest = 0
    /// The addresses of peers that several new sets have among others, until ``take(into:)``.
    private var shared: [Int: EndpointAddresses] = [:]
    /// What has happened since the last call of ``take()``.
    private var new: Set<Int> = []
    private var gone: [Int: EndpointAddresses] = [:]
    private var changes: [Int: AddressChange] = [:]
    /// The blocks that sets had before what has happened.
    private var formerBlocks: [Int: AddressSet] = [:]
    private var goneBlocks: [Int: AddressSet] = [:]
    /// Whether a peer has come to be of another size, as unions are weighed by it, since this was last
    /// set.
    var areSizesChanged = false

    func number(of formula: MatchSet) -> Int? { numbers[formula] }

    func formula(_ number: Int) -> MatchSet { records[number]!.formula }

    /// How many elements a part of a union makes whose peers are followed.
    mutating func size(_ part: UnionPart, _ directory: some PeerDirectory) -> Int {
        guard case .peer(let peer) = part, let watch = watches[peer] else {
            return part.size(directory)
        }
        if let size = followed[watch]!.size { return size }
        let size = peer.size(directory)
        followed[watch]!.size = size
        return size
    }

    private mutating func resize(_ watch: Int, to size: Int) {
        guard let former = followed[watch]?.size, former != size else { return }
        followed[watch]!.size = size
        if CommonSets.rounded(former) != CommonSets.rounded(size) { areSizesChanged = true }
    }

    // MARK: Use

    mutating func acquire(_ formula: MatchSet, _ directory: some LivePeerDirectory) {
        if let number = numbers[formula] {
            records[number]!.users += 1
            return
        }
        latest += 1
        numbers[formula] = latest
        new.insert(latest)
        var record = Record(formula: formula, users: 1, blocks: formula.blocks(directory))
        for peer in formula.endpoints {
            let known = watches[peer]
            let watch = known ?? directory.follow(peer)
            watches[peer] = watch
            followed[watch, default: Followed(peer: peer)].sets.insert(latest)
            record.peers.append(watch)
            guard formula.endpoints.count > 1 else { continue }
            let addresses = shared[watch] ?? directory.addresses(of: peer)
            // A peer that comes again may come in every class.
            if known != nil { shared[watch] = addresses }
            if followed[watch]!.size == nil, !peer.mayHoldBlocks {
                followed[watch]!.size = addresses.ipv4.count + addresses.ipv6.count
            }
            for address in addresses.ipv4 { record.counts4[address, default: 0] += 1 }
            for address in addresses.ipv6 { record.counts6[address, default: 0] += 1 }
        }
        records[latest] = record
    }

    mutating func release(_ formula: MatchSet, _ directory: some LivePeerDirectory) {
        guard let number = numbers[formula] else { return }
        records[number]!.users -= 1
        if records[number]!.users > 0 { return }
        if new.remove(number) == nil {
            gone[number] = members(number, directory).undoing(changes[number])
            if formula.mayHoldBlocks {
                goneBlocks[number] = formerBlocks[number] ?? records[number]!.blocks
            }
        }
        changes[number] = nil
        formerBlocks[number] = nil
        let record = records.removeValue(forKey: number)!
        numbers[formula] = nil
        for watch in record.peers {
            followed[watch]!.sets.remove(number)
            guard followed[watch]!.sets.isEmpty else { continue }
            watches[followed.removeValue(forKey: watch)!.peer] = nil
            shared[watch] = nil
            directory.unfollow(watch)
        }
    }

    // MARK: Members

    func members(_ number: Int, _ directory: some PeerDirectory) -> EndpointAddresses {
        let record = records[number]!
        if record.formula.endpoints.count == 1 {
            return directory.addresses(of: record.formula.endpoints.first!)
        }
        return EndpointAddresses(
            ipv4: record.counts4.keys.sorted(), ipv6: record.counts6.keys.sorted())
    }

    func blocks(_ number: Int) -> AddressSet { records[number]!.blocks }

    /// Some peers have other blocks than before.
    mutating func apply(blocks peers: Set<Int>, _ directory: some PeerDirectory) {
        for watch in peers {
            if let peer = followed[watch]?.peer { resize(watch, to: peer.size(directory)) }
        }
        for number in Set(peers.flatMap { followed[$0]?.sets ?? [] }) {
            let former = records[number]!.blocks
            let present = records[number]!.formula.blocks(directory)
            if former == present { continue }
            records[number]!.blocks = present
            formerBlocks[number] = former
        }
    }

    mutating func apply(_ members: [Int: AddressChange]) {
        var turns: [Int: MemberTurns] = [:]
        for (watch, change) in members {
            if let size = followed[watch]?.size { resize(watch, to: size + change.balance) }
            for number in followed[watch]?.sets ?? [] {
                if records[number]!.peers.count == 1 {
                    changes[number] = change
                } else {
                    count(change, in: number, &turns[number, default: MemberTurns()])
                }
            }
        }
        for (number, turns) in turns { changes[number] = turns.change }
    }

    /// Counts the addresses of one of several peers.
    private mutating func count(
        _ change: AddressChange, in number: Int, _ turns: inout MemberTurns
    ) {
        // Taken out, so that the counts are changed in place.
        var record = records.removeValue(forKey: number)!
        Self.count(change.added.ipv4, by: 1, &record.counts4, &turns.ipv4)
        Self.count(change.removed.ipv4, by: -1, &record.counts4, &turns.ipv4)
        Self.count(change.added.ipv6, by: 1, &record.counts6, &turns.ipv6)
        Self.count(change.removed.ipv6, by: -1, &record.counts6, &turns.ipv6)
        records[number] = record
    }

    /// - Parameter turns: gets the addresses that become members, or cease to be; loses those that
    ///   turn back.
    private static func count<Bits: AddressBits>(
        _ addresses: [Bits], by amount: Int32, _ counts: inout [Bits: Int32],
        _ turns: inout [Bits: Bool]
    ) {
        for address in addresses {
            let before = counts[address] ?? 0
            let after = before + amount
            counts[address] = after == 0 ? nil : after
            guard (before == 0) != (after == 0) else { continue }
            if turns.removeValue(forKey: address) == nil { turns[address] = amount > 0 }
        }
    }

    /// Writes what has happened since the last call into `result`.
    mutating func take(into result: inout ProgramChange) {
        for number in new { result.newSets[number] = records[number]!.formula }
        result.goneSets = gone
        for (number, change) in changes where !new.contains(number) && !change.isEmpty {
            result.members[number] = change
        }
        for (number, former) in formerBlocks where !new.contains(number) {
            result.blocks[number] = .init(former: former, present: records[number]!.blocks)
        }
        result.goneBlocks = goneBlocks
        shared = [:]
        new = []
        gone = [:]
        changes = [:]
        formerBlocks = [:]
        goneBlocks = [:]
    }
}

/// The addresses that turn into members (true) or cease to be (false), while several peers are
/// counted.
private struct MemberTurns {
    var ipv4: [UInt32: Bool] = [:]
    var ipv6: [UInt128: Bool] = [:]

    var change: AddressChange {
        var change = AddressChange()
        change.added = EndpointAddresses(
            ipv4: Self.turned(ipv4, to: true), ipv6: Self.turned(ipv6, to: true))
        change.removed = EndpointAddresses(
            ipv4: Self.turned(ipv4, to: false), ipv6: Self.turned(ipv6, to: false))
        return change
    }

    private static func turned<Bits: AddressBits>(
        _ turns: [Bits: Bool], to isMember: Bool
    ) -> [Bits] {
        turns.lazy.filter { $0.value == isMember }.map(\.key).sorted()
    }
}

extension AddressChange {
    /// How many more addresses there are than before.
    fileprivate var balance: Int {
        added.ipv4.count + added.ipv6.count - removed.ipv4.count - removed.ipv6.count
    }
}
