// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

/// Why connections are allowed or not: what each group's policies decide.
struct ReachabilityExplanation: Sendable {
    let policies: [Policy]
    let groups: [SubjectGroup]
    let regions: [SubjectRegion]
}
