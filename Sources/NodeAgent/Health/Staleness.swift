// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// How stale it is what a source has told, in words: kinds with one cause are told together (S98).
struct Staleness {
    /// One for each cause, in order of the kinds, each one line without its end; none if nothing is stale.
    let lines: [String]

    /// The words for what is stale of these.
    init(_ contacts: [AgentStatus.Contact]) {
        // Kubernetes' own kinds first, which everybody knows.
        let stale = contacts.filter(\.isStale).sorted {
            ($0.kind.contains(".") ? 1 : 0, $0.kind) < ($1.kind.contains(".") ? 1 : 0, $1.kind)
        }
        var groups: [[AgentStatus.Contact]] = []
        for contact in stale {
            let index = groups.firstIndex {
                $0[0].problem == contact.problem && ($0[0].age == nil) == (contact.age == nil)
            }
            if let index { groups[index].append(contact) } else { groups.append([contact]) }
        }
        lines = groups.map(Self.line)
    }

    private static func line(_ group: [AgentStatus.Contact]) -> String {
        let names = names(group.map { LineText.printable($0.kind) })
        // Of several the oldest.
        let age = group.compactMap(\.age).max()
        let heard = age.map { "last heard of \(text($0)) ago" } ?? "never heard of"
        let cause = group[0].problem.map(LineText.printable) ?? "the server has fallen silent"
        return "\(names) \(heard): \(cause)"
    }

    /// The first few of many.
    private static func names(_ names: [String]) -> String {
        if names.count <= 3 { return names.joined(separator: ", ") }
        return "\(names.prefix(2).joined(separator: ", ")) and \(names.count - 2) more kinds"
    }

    /// `5m12s`, of whole seconds.
    static func text(_ age: Int) -> String { DurationText.text(.seconds(age)) }
}

extension AgentStatus {
    /// All kinds at a glance, for a status; nil where there are none.
    var contactSummary: String? {
        if contacts.isEmpty { return nil }
        var parts: [String] = []
        let stale = contacts.count(where: \.isStale)
        if stale > 0 { parts.append("\(stale) of them stale") }
        let unheard = contacts.count { $0.age == nil && !$0.isStale }
        if unheard > 0 { parts.append("\(unheard) of them not heard of yet") }
        if parts.isEmpty, let oldest = contacts.compactMap(\.age).max() {
            parts.append("all heard of within \(Staleness.text(oldest))")
        }
        let missing = contacts.count { !$0.isServed }
        if missing > 0 { parts.append("\(missing) of them not served") }
        return "\(contacts.count) kinds, \(parts.joined(separator: ", "))"
    }
}
