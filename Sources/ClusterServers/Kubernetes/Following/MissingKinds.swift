// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// What of one API group a server does not serve.
struct MissingKinds: Hashable, Sendable {
    var group: String
    /// Whether something belongs to the group that should be there, and is not.
    var isWarning: Bool
    /// One line.
    var text: String

    /// Of every group that something is missing from, in order.
    static func groups(of kinds: [FollowedKind]) -> [MissingKinds] {
        Dictionary(grouping: kinds.filter(\.isMissing)) { $0.resource.groups[0].name }
            .sorted { $0.key < $1.key }
            .compactMap { MissingKinds(group: $0.key, missing: $0.value) }
    }

    private init?(group: String, missing: [FollowedKind]) {
        self.group = group
        guard missing.contains(where: \.isGroupServed) else {
            isWarning = false
            text = "\(group) is not served: there are no objects of it; looked for again and again"
            return
        }
        let names = missing.filter { $0.resource.presence == .expected }
            .map(\.resource.plural).sorted()
        guard !names.isEmpty else { return nil }
        isWarning = true
        text =
            "\(group): \(names.joined(separator: ", ")) not installed, and so taken as having no "
            + "objects; install the CustomResourceDefinitions, they are looked for again and again"
    }
}
