// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

/// Why connections are allowed or not: what each group's policies decide.
struct ReachabilityExplanation: Sendable {
    /// In the order in which they are asked.
    let policies: [Policy]
    /// Who belongs together, and which regions are theirs.
    let groups: [SubjectGroup]
    /// What the policies of one direction say to a class of subjects.
    let regions: [SubjectRegion]
}
