// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NftablesModel
import PolicyTestKit

/// Changes of rules.
extension MutationGenerator {
    /// A rule and where it stands.
    private struct Standing {
        var rule: Rule
        var chain: Chain
        var position: Int
        var handle: UInt64
    }

    private mutating func anyRule(where holds: (Rule) -> Bool = { _ in true }) -> Standing? {
        let chains = table.chains.filter { $0.rules.contains(where: holds) }
        guard let chain = any(chains), let observed = observed.rules[chain.name] else { return nil }
        let positions = chain.rules.indices.filter { holds(chain.rules[$0]) }
        let position = random.pick(Array(positions))
        return Standing(
            rule: chain.rules[position], chain: chain, position: position,
            handle: observed[position].handle)
    }

    private func replacing(_ old: Standing, by rule: Rule) -> String {
        "replace rule \(place) \(old.chain.name) handle \(old.handle) \(rule.text())"
    }

    mutating func ruleDeleted() -> Mutation? {
        guard let old = anyRule() else { return nil }
        return Mutation(.ruleDeleted, "delete rule \(place) \(old.chain.name) handle \(old.handle)")
    }

    mutating func ruleMoved() -> Mutation? {
        guard let old = anyRule(), old.chain.rules.count > 1 else { return nil }
        let others = old.chain.rules.indices.filter { $0 != old.position }
        let other = observed.rules[old.chain.name]![random.pick(Array(others))].handle
        let verb = random.pick(["insert", "add"])
        return Mutation(
            .ruleMoved,
            "\(verb) rule \(place) \(old.chain.name) handle \(other) \(old.rule.text())",
            "delete rule \(place) \(old.chain.name) handle \(old.handle)")
    }

    mutating func ruleVerdictSwapped() -> Mutation? {
        let hasVerdict = { (rule: Rule) in
            if case .verdict = rule.expressions.last { true } else { false }
        }
        guard var old = anyRule(where: hasVerdict),
            case .verdict(let verdict)? = old.rule.expressions.last
        else { return nil }
        let handle = old
        old.rule.expressions[old.rule.expressions.count - 1] = .verdict(swapped(verdict))
        return Mutation(.ruleVerdictSwapped, replacing(handle, by: old.rule))
    }

    mutating func gotoTurnedJump() -> Mutation? {
        func turned(_ verdict: Verdict) -> Verdict? {
            switch verdict {
            case .goto(let chain): .jump(chain)
            case .jump(let chain): .goto(chain)
            default: nil
            }
        }
        func calls(_ rule: Rule) -> Bool {
            if case .verdict(let verdict) = rule.expressions.last {
                turned(verdict) != nil
            } else {
                false
            }
        }
        if random.chance(50) {
            let maps = table.sets.filter {
                $0.entries.contains { $0.verdict.flatMap(turned) != nil }
            }
            guard let map = any(maps),
                let entry = any(map.entries.filter { $0.verdict.flatMap(turned) != nil })
            else { return nil }
            return Mutation(
                .gotoTurnedJump, deletion(of: entry, from: map),
                "add element \(place) \(map.name) { \(key(entry, of: map)) : \(turned(entry.verdict!)!) }"
            )
        }
        guard var old = anyRule(where: calls),
            case .verdict(let verdict)? = old.rule.expressions.last
        else { return nil }
        let place = old
        old.rule.expressions[old.rule.expressions.count - 1] = .verdict(turned(verdict)!)
        return Mutation(.gotoTurnedJump, replacing(place, by: old.rule))
    }

    /// A rule in which one expression asks something else.
    mutating func ruleEdited() -> Mutation? {
        guard let old = anyRule() else { return nil }
        var edited = old.rule
        let candidates = edited.expressions.indices.shuffled(using: &random)
        for index in candidates {
            guard let other = edit(edited.expressions[index]) else { continue }
            edited.expressions[index] = other
            return Mutation(.ruleEdited, replacing(old, by: edited))
        }
        return nil
    }

    private mutating func edit(_ expression: Expression) -> Expression? {
        switch expression {
        case .payload(.network, let offset, let length, let register):
            let sides: [UInt32: UInt32] = [12: 16, 16: 12, 8: 24, 24: 8]
            return sides[offset].map {
                .payload(.network, offset: $0, length: length, into: register)
            }
        case .payload(.transport, let offset, 2, let register):
            return .payload(.transport, offset: 2 - offset, length: 2, into: register)
        case .bitwise(let register, var mask, let xor) where mask.count == 4:
            mask[0] ^= random.pick([1, 2, 4, 8, 64])
            return .bitwise(register, mask: mask, xor: xor)
        case .compare(let register, let comparison, let bytes):
            if bytes.count == 1 {
                return .compare(register, comparison, [random.pick([2, 10, 6, 17, 58])])
            }
            return .compare(register, comparison == .equal ? .notEqual : .equal, bytes)
        case .lookup(let name, let key, let isInverted):
            guard random.chance(70), let other = another(name) else {
                return .lookup(set: name, key: key, isInverted: !isInverted)
            }
            return .lookup(set: other, key: key, isInverted: isInverted)
        case .verdictLookup(let name, let key):
            return another(name).map { .verdictLookup(map: $0, key: key) }
        default: return nil
        }
    }

    /// Another set with the same kind of keys.
    private mutating func another(_ name: String) -> String? {
        guard let set = table.sets.first(where: { $0.name == name }) else { return nil }
        return any(
            table.sets.filter {
                $0.name != name && $0.key == set.key && $0.isVerdictMap == set.isVerdictMap
            }.map(\.name))
    }

    /// A new rule somewhere in a chain.
    mutating func ruleInserted(_ kind: MutationKind) -> Mutation? {
        guard let chain = any(table.chains) else { return nil }
        let text = newRule(isUnknowable: kind == .unknownInserted)
        let handles = observed.rules[chain.name]?.map(\.handle) ?? []
        guard let handle = any(handles) else {
            return Mutation(kind, "add rule \(place) \(chain.name) \(text)")
        }
        return Mutation(
            kind,
            "\(random.pick(["insert", "insert", "add"])) rule \(place) \(chain.name) handle \(handle) \(text)"
        )
    }
}

extension Range<Int> {
    fileprivate func shuffled(using random: inout SeededGenerator) -> [Int] {
        random.shuffled(Array(self))
    }
}
