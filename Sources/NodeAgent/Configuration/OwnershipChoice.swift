// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// How the agent keeps others from changing its table.
public enum OwnershipChoice: String, CaseIterable, Sendable {
    /// Exclusive from the first write on, where kernel and table allow it; otherwise monitoring.
    case auto
    /// The kernel refuses the changes of others, from the start. A table that was made for everybody
    /// is made anew; where the kernel cannot do this, nothing is enforced.
    case exclusive
    /// Changes of others are noticed, and taken back.
    case monitor
}
