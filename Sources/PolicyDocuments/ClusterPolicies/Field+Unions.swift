// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

extension Field {
    /// The one member of a structure that has exactly one of these; otherwise an error. Other members
    /// are warned of.
    ///
    /// - Parameters:
    ///   - confusions: as for ``warnOfUnknown(besides:confusions:effect:_:)``.
    ///   - message: What is wrong with a structure that has none.
    func onlyMember(
        of names: [String], confusions: [String: String] = [:], none message: String,
        _ log: inout ProblemLog
    ) -> (name: String, value: Field)? {
        guard isMapping(&log) else { return nil }
        warnOfUnknown(besides: names, confusions: confusions, &log)
        let members = names.compactMap { name in self[name].map { (name: name, value: $0) } }
        switch members.count {
        case 1: return members[0]
        case 0:
            let list = names.dropLast().joined(separator: ", ")
            log.error(self, message, remedy: "write \(list) or \(names.last ?? "")")
        default:
            log.error(
                self, "has \(members[0].name) and \(members[1].name)",
                remedy: "make two entries of them, or keep one")
        }
        return nil
    }

    /// The elements of a list that the API limits.
    ///
    /// - Parameters:
    ///   - limit: How many there may be.
    ///   - emptyRemedy: What to write instead of an empty list; nil where it is allowed.
    ///   - hint: as for ``elements(_:nullHint:)``.
    func elements(
        atMost limit: Int, emptyRemedy: String? = nil, nullHint hint: String? = nil,
        _ log: inout ProblemLog
    ) -> [Field] {
        let errors = log.errorCount
        let elements = elements(&log, nullHint: hint)
        guard log.errorCount == errors else { return elements }
        if elements.isEmpty, let emptyRemedy { log.error(self, "is empty", remedy: emptyRemedy) }
        if elements.count > limit {
            log.error(
                self, "has \(elements.count) entries, and the API allows \(limit)",
                remedy: "spread them over several objects or rules")
        }
        return elements
    }
}
