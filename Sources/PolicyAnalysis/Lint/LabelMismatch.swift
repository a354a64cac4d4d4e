// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyDocuments
import PolicyModel

/// Why a selector matches none of some sets of labels, as far as one of its conditions is to blame.
struct LabelMismatch {
    /// The key of the condition that nothing fulfils; nil if each is fulfilled by something.
    var key: String?
    /// What is wrong: `no pod there has the label ap`.
    var reason: String
    /// What to do, where there is a guess.
    var remedy: String?

    /// - Parameters:
    ///   - selector: One that matches none of `population`.
    ///   - population: The labels of those who might have matched.
    ///   - who: What the population is, for the message: `pod of shop`.
    init(_ selector: Selector, _ population: [[String: String]], who: String) {
        let keys = Set(population.flatMap(\.keys)).sorted()
        for condition in selector.conditions {
            guard !population.contains(where: condition.matches),
                let key = condition.keys.first
            else { continue }
            self.key = key
            guard keys.contains(key) else {
                reason = "no \(who) has the label \(MessageText.visible(key))"
                remedy = NearMiss.of(key, among: keys).map { "did you mean \($0)?" }
                return
            }
            let known = Set(population.compactMap { $0[key] }).sorted()
            reason = "no \(who) has \(MessageText.visible("\(condition)"))"
            if case .isOneOf(_, let values) = condition,
                let meant = values.lazy.compactMap({ NearMiss.of($0, among: known) }).first
            {
                remedy = "did you mean \(MessageText.visible(meant))?"
            } else if known.count <= 5, !known.isEmpty {
                let list = known.map { MessageText.visible($0) }.joined(separator: ", ")
                remedy = "the values of \(MessageText.visible(key)) there are: \(list)"
            }
            return
        }
        reason = "no \(who) fulfils all of \(MessageText.visible("\(selector)"))"
    }
}
