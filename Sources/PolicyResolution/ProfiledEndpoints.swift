// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

/// The endpoints that name profiles, as their objects state them.
struct ProfiledEndpoints {
    private var endpoints: [EndpointID: Endpoint] = [:]
    private var byProfile: [String: Set<EndpointID>] = [:]

    mutating func put(_ endpoint: Endpoint?, _ id: EndpointID) {
        for name in endpoints[id]?.particulars?.profiles ?? [] {
            byProfile[name]?.remove(id)
            if byProfile[name]?.isEmpty ?? false { byProfile[name] = nil }
        }
        let names = endpoint?.particulars?.profiles ?? []
        endpoints[id] = names.isEmpty ? nil : endpoint
        for name in names { byProfile[name, default: []].insert(id) }
    }

    /// The endpoints that name a profile.
    func naming(_ profile: String) -> [Endpoint] {
        (byProfile[profile] ?? []).map { endpoints[$0]! }
    }
}
