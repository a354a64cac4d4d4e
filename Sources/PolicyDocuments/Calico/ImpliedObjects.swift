// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

/// An object that a profile stands for where it has none of its own, as in clusters whose objects
/// Calico keeps in an etcd: there the labels of namespaces and accounts are those that their profiles
/// give, behind a prefix.
package protocol ProfileImplied: ClusterObject {
    /// The name of the profile that stands for the object.
    static func profileName(of id: ID) -> String

    /// What the profile stands for; nil if it is no such profile, or says nothing of the object.
    init?(impliedBy profile: Profile)
}

extension Namespace: ProfileImplied {
    package static func profileName(of id: String) -> String { Profile.name(ofNamespace: id) }

    package init?(impliedBy profile: Profile) {
        guard let name = profile.name.rest(behind: "kns.") else { return nil }
        let labels = profile.labels.behind(prefix: "pcns.")
        if labels.isEmpty { return nil }
        self.init(name: name, labels: labels)
    }
}

extension ServiceAccount: ProfileImplied {
    package static func profileName(of id: ServiceAccountID) -> String { Profile.name(of: id) }

    package init?(impliedBy profile: Profile) {
        guard let id = ServiceAccountID(profile: profile.name) else { return nil }
        let labels = profile.labels.behind(prefix: "pcsa.")
        if labels.isEmpty { return nil }
        self.init(id: id, labels: labels)
    }
}

extension ServiceAccountID {
    /// The account whose profile has this name; nil if it is no account's.
    init?(profile name: String) {
        // A namespace's name has no dots, an account's may have some.
        guard let path = name.rest(behind: "ksa."), let dot = path.firstIndex(of: "."),
            path.index(after: dot) < path.endIndex
        else { return nil }
        self.init(
            namespace: String(path[..<dot]), name: String(path[path.index(after: dot)...]))
    }
}

extension Array where Element: ProfileImplied {
    /// Adds what profiles stand for and is not there, and keeps the order of names.
    package mutating func addImplied(by profiles: [Profile]) {
        let known = Set(map(\.id))
        let implied = profiles.compactMap(Element.init(impliedBy:)).filter {
            !known.contains($0.id)
        }
        if implied.isEmpty { return }
        self = (self + implied).sorted { $0.id < $1.id }
    }
}

extension String {
    fileprivate func rest(behind prefix: String) -> String? {
        hasPrefix(prefix) && count > prefix.count ? String(dropFirst(prefix.count)) : nil
    }
}

extension [String: String] {
    /// The labels behind a prefix, without it. The name is known without a label.
    fileprivate func behind(prefix: String) -> [String: String] {
        reduce(into: [:]) { labels, entry in
            guard let key = entry.key.rest(behind: prefix), key != Namespace.calicoNameLabel else {
                return
            }
            labels[key] = entry.value
        }
    }
}
