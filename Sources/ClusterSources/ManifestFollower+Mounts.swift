// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// File systems that are unmounted below a path that was named.
extension ManifestFollower {
    /// Whether what was found in a directory was in a file system that seems to be unmounted; a
    /// failure if so.
    ///
    /// What is left then is the directory it was mounted on: one of another device, which as a rule
    /// is empty. To delete a directory leaves no directory, and so is something else.
    mutating func isUnmounted(_ path: String, _ identity: FileIdentity) -> Bool {
        guard let known = directories[path], known.identity.device != identity.device,
            isAboveFiles(path)
        else { return false }
        // What is there instead may not be complete yet.
        roots[known.root].suspectUntil = now + settings.suspicion
        if holdsManifests(path) { return false }
        watch(path, as: .directory(path))
        failures[path] = FileProblem(
            path: path,
            message: "is in another file system now, with no manifests in it; "
                + "its last content stays in force",
            remedy: "mount again what was there, or delete the directory to do without it")
        return true
    }

    /// Finds out whether something above missing files was unmounted this moment.
    mutating func checkMounts(above files: Set<String>) {
        var seen = Set(roots.map(\.path))
        for file in files {
            var path = Self.split(file).parent
            while seen.insert(path).inserted {
                if directories[path] != nil, failures[path] == nil,
                    case .directory(let identity) = access.status(path)
                {
                    _ = isUnmounted(path, identity)
                }
                path = Self.split(path).parent
            }
        }
    }

    private func isAboveFiles(_ path: String) -> Bool {
        let prefix = Self.join(path, "")
        return files.keys.contains { $0.hasPrefix(prefix) }
    }

    /// Whether there is a manifest in a directory that has just appeared, at any depth.
    private func holdsManifests(_ path: String, depth: Int = 0) -> Bool {
        guard depth < 16, case .success(let names) = access.names(path) else { return false }
        return names.contains { name in
            guard !name.hasPrefix(".") else { return false }
            let child = Self.join(path, name)
            switch access.status(child) {
            case .directory: return holdsManifests(child, depth: depth + 1)
            case .regular: return Self.isManifest(name)
            default: return false
            }
        }
    }
}
