// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NftablesModel

/// Puts a table together from the messages of dumps: the table, chains and set headers first,
/// elements and rules after them. Messages about other tables are passed over.
struct TableAssembly {
    let name: String
    private let generation: UInt32
    /// Whether messages of other generations are refused.
    private let isStrict: Bool
    private var table: Table?
    private var isPersistent = false
    private var owner: UInt32?
    private var chains: [Chain] = []
    private var chainIndex: [String: Int] = [:]
    private var observedRules: [[ObservedRule]] = []
    private var sets: [NamedSet] = []
    private var collectors: [ElementCollector] = []
    private var setIndex: [String: Int] = [:]

    init(name: String, generation: UInt32, isStrict: Bool = true) {
        self.isStrict = isStrict
        self.name = name
        self.generation = generation
    }

    var chainNames: [String] { chains.map(\.name) }
    var setNames: [String] { sets.map(\.name) }

    /// - Throws: ``NetlinkError/unsettled(table:attempts:)`` for a message of another generation.
    mutating func add(_ message: NetlinkMessage) throws(NetlinkError) {
        guard message.family == Netfilter.familyInet else { return }
        guard !isStrict || message.generation == UInt16(truncatingIfNeeded: generation) else {
            throw .unsettled(table: name, attempts: 1)
        }
        // In all of these messages the first attribute type is the table's name.
        let attributes = AttributeIndex(message.attributes)
        guard attributes[TableAttribute.name]?.isString(name) == true else { return }
        switch message.type {
        case MessageType.newTable: addTable(attributes)
        case MessageType.newChain: addChain(attributes)
        case MessageType.newSet: addSet(attributes)
        case MessageType.newElements: addElements(attributes)
        case MessageType.newRule: addRule(attributes)
        default: break
        }
    }

    /// Ends the set's elements.
    ///
    /// - Returns: false if they are not whole, see ``ElementCollector/settle()``. They are
    ///   forgotten then and must be added anew.
    mutating func settle(set: String) -> Bool {
        guard let index = setIndex[set], !collectors[index].settle() else { return true }
        collectors[index] = ElementCollector(sets[index])
        return false
    }

    /// The table with all that was added and settled; nil if the table itself was not.
    func finish() -> ObservedTable? {
        guard var table else { return nil }
        table.chains = chains
        table.sets = zip(sets, collectors).map { set, collector in
            var set = set
            collector.finish(&set)
            return set
        }
        var rules: [String: [ObservedRule]] = [:]
        for (chain, observed) in zip(chains, observedRules) { rules[chain.name] = observed }
        return ObservedTable(
            table: table.sorted, rules: rules, generation: generation, isPersistent: isPersistent,
            owner: owner)
    }

    private mutating func addTable(_ attributes: AttributeIndex) {
        let flags = attributes.uint32(TableAttribute.flags) ?? 0
        isPersistent = flags & TableFlag.persist != 0
        owner = attributes.uint32(TableAttribute.owner)
        table = Table(
            name: name,
            comment: UserData.text(UserDataType.comment, in: attributes[TableAttribute.userData]),
            foreignFlags: flags & ~TableFlag.ownership)
    }

    private mutating func addChain(_ attributes: AttributeIndex) {
        guard let chain = Chain(attributes), chainIndex[chain.name] == nil else { return }
        chainIndex[chain.name] = chains.count
        chains.append(chain)
        observedRules.append([])
    }

    private mutating func addSet(_ attributes: AttributeIndex) {
        guard let set = NamedSet(attributes), setIndex[set.name] == nil else { return }
        setIndex[set.name] = sets.count
        sets.append(set)
        collectors.append(ElementCollector(set))
    }

    private mutating func addElements(_ attributes: AttributeIndex) {
        guard let set = attributes.string(ElementListAttribute.set), let index = setIndex[set],
            let elements = attributes.list(ElementListAttribute.elements)
        else { return }
        collectors[index].add(elements)
    }

    private mutating func addRule(_ attributes: AttributeIndex) {
        guard let chain = attributes.string(RuleAttribute.chain), let index = chainIndex[chain],
            let handle = attributes.uint64(RuleAttribute.handle)
        else { return }
        let (rule, counter) = Rule.decode(attributes)
        chains[index].rules.append(rule)
        observedRules[index].append(ObservedRule(handle: handle, counter: counter))
    }
}
