// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

extension Selector {
    /// Decodes a label selector into its canonical form, the same for selectors that differ only
    /// in order and repetition.
    ///
    /// `{}` selects everything. Wrong parts are reported and left out.
    init(_ field: Field, _ log: inout ProblemLog) {
        guard field.isMapping(&log) else {
            self = .everything
            return
        }
        field.warnOfUnknown(
            besides: ["matchLabels", "matchExpressions"],
            effect: "does not narrow the selection", &log)
        let labels = field["matchLabels"]?.labels(&log) ?? [:]
        var conditions = labels.sorted { $0.key < $1.key }.map { key, value in
            Selector.isOneOf(key: key, values: [value])
        }
        let requirements = (field["matchExpressions"]?.elements(&log) ?? [])
            .compactMap { LabelRequirement($0, &log) }
        for requirement in requirements.sorted() where !conditions.contains(requirement.selector) {
            conditions.append(requirement.selector)
        }
        switch conditions.count {
        case 0: self = .everything
        case 1: self = conditions[0]
        default: self = .all(conditions)
        }
    }
}

/// One entry of `matchExpressions`.
private struct LabelRequirement: Comparable {
    enum Operator: String, CaseIterable {
        case `in` = "In"
        case notIn = "NotIn"
        case exists = "Exists"
        case doesNotExist = "DoesNotExist"

        var takesValues: Bool { self == .in || self == .notIn }
    }

    var key: String
    var comparison: Operator
    /// Ascending and unique.
    var values: [String]

    /// Decodes and validates it (meta/v1/validation: `ValidateLabelSelectorRequirement`).
    init?(_ field: Field, _ log: inout ProblemLog) {
        guard field.isMapping(&log) else { return nil }
        field.warnOfUnknown(besides: ["key", "operator", "values"], &log)
        let errors = log.errorCount
        let key = Self.key(field, &log)
        let comparison = Self.comparison(field, &log)
        let values = Self.values(field, comparison, &log)
        guard log.errorCount == errors, let key, let comparison else { return nil }
        self.key = key
        self.comparison = comparison
        self.values = Set(values).sorted()
    }

    private static func key(_ field: Field, _ log: inout ProblemLog) -> String? {
        guard let keyField = field["key"] else {
            log.missing("key", of: field)
            return nil
        }
        guard let key = keyField.string(&log) else { return nil }
        if !NameSyntax.isQualifiedName(key) {
            log.error(
                keyField, "\(MessageText.quoted(key)) is not a label's key",
                remedy: NameSyntax.qualifiedNameRule)
        }
        return key
    }

    private static func comparison(_ field: Field, _ log: inout ProblemLog) -> Operator? {
        guard let operatorField = field["operator"] else {
            log.missing(
                "operator", of: field, remedy: "write In, NotIn, Exists or DoesNotExist")
            return nil
        }
        guard let text = operatorField.string(&log) else { return nil }
        if let comparison = Operator(rawValue: text) { return comparison }
        let meant = NearMiss.of(text, among: Operator.allCases.map(\.rawValue))
        log.error(
            operatorField, "\(MessageText.quoted(text)) is not an operator",
            remedy: "write \(meant ?? "In, NotIn, Exists or DoesNotExist")")
        return nil
    }

    private static func values(
        _ field: Field, _ comparison: Operator?, _ log: inout ProblemLog
    ) -> [String] {
        let elements = field["values"]?.elements(&log) ?? []
        var values: [String] = []
        for element in elements {
            guard let value = element.string(&log) else { continue }
            if !NameSyntax.isLabelValue(value) {
                log.error(
                    element, "\(MessageText.quoted(value)) is not a label's value",
                    remedy: NameSyntax.labelValueRule)
            }
            values.append(value)
        }
        if let comparison, comparison.takesValues, elements.isEmpty {
            log.missing(
                "values", of: field, remedy: "operator \(comparison.rawValue) needs at least one")
        }
        if let comparison, !comparison.takesValues, let valuesField = field["values"],
            !elements.isEmpty
        {
            log.error(
                valuesField, "stands beside operator \(comparison.rawValue), which takes none",
                remedy: "leave it out")
        }
        return values
    }

    /// `NotIn` and `DoesNotExist` hold where the label is absent (S10).
    var selector: Selector {
        switch comparison {
        case .in: .isOneOf(key: key, values: values)
        case .notIn: .not(.isOneOf(key: key, values: values))
        case .exists: .has(key)
        case .doesNotExist: .not(.has(key))
        }
    }

    static func < (left: Self, right: Self) -> Bool {
        if (left.key, left.comparison.rawValue) != (right.key, right.comparison.rawValue) {
            return (left.key, left.comparison.rawValue) < (right.key, right.comparison.rawValue)
        }
        return left.values.lexicographicallyPrecedes(right.values)
    }
}
