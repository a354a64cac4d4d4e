// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// Which objects name others that may not exist, kept up to date change by change: policies their
/// tiers, endpoints their profiles.
///
/// A reference to nothing is told once; again only if it was mended in between. The cost depends on the
/// objects that changed, and on those that name what changed.
struct References<User: Hashable & Comparable & Sendable>: Sendable {
    /// One object naming another.
    struct Reference: Hashable, Sendable {
        var user: User
        var name: String
    }

    private var names: [User: Set<String>] = [:]
    private var users: [String: Set<User>] = [:]
    /// Those that have been told and still lead nowhere.
    private var dangling: Set<Reference> = []

    /// Takes what an object names now; nothing if it is gone.
    mutating func replace(_ user: User, with new: Set<String>) {
        let old = names[user] ?? []
        for name in old.subtracting(new) {
            users[name]?.remove(user)
            if users[name]?.isEmpty == true { users[name] = nil }
            dangling.remove(Reference(user: user, name: name))
        }
        for name in new.subtracting(old) { users[name, default: []].insert(user) }
        names[user] = new.isEmpty ? nil : new
    }

    /// The references that lead nowhere since these objects have changed, or what goes by these
    /// names has come or gone; in order of their users.
    mutating func settle(
        changed: some Sequence<User>, names concerned: some Sequence<String>,
        exists: (String) -> Bool
    ) -> [Reference] {
        var candidates: Set<Reference> = []
        for user in changed {
            for name in names[user] ?? [] { candidates.insert(Reference(user: user, name: name)) }
        }
        for name in concerned {
            for user in users[name] ?? [] { candidates.insert(Reference(user: user, name: name)) }
        }
        var news: [Reference] = []
        for reference in candidates {
            if exists(reference.name) {
                dangling.remove(reference)
            } else if dangling.insert(reference).inserted {
                news.append(reference)
            }
        }
        return news.sorted { ($0.user, $0.name) < ($1.user, $1.name) }
    }
}
