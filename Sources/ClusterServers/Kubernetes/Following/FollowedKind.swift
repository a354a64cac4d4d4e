// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Foundation

/// What is known of how one kind is followed.
struct FollowedKind: Sendable {
    let resource: KubernetesResource
    /// Whether the server has ever told everything there is of it, or that it does not know the kind.
    var isSettled = false
    /// Whether the server does not serve it.
    var isMissing = false
    /// Whether anything of its API group is served.
    var isGroupServed = true
    /// When the server last said anything about it.
    var lastContact: ContinuousClock.Instant?
    var failure: Failure?

    /// What has kept it from being followed, since when.
    struct Failure: Sendable {
        var error: KubernetesError
        /// By the wall clock, for people.
        var since: Date
        /// In a row.
        var count: Int
    }

    /// The failure, if it is worth speaking of: one that the next attempt puts right is not.
    var trouble: Failure? {
        guard let failure else { return nil }
        switch failure.error.reason {
        case .unreachable, .silent, .failure, .throttled, .expired, .conflict:
            return failure.count > 1 || !isSettled ? failure : nil
        default: return failure
        }
    }
}
