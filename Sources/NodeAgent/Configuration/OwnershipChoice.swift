// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// How the agent keeps others from changing its table.
public enum OwnershipChoice: String, CaseIterable, Sendable {
    /// Exclusive where the kernel can do it, otherwise monitoring.
    case auto
    /// The kernel refuses the changes of others; the agent does not start where it cannot.
    case exclusive
    /// Changes of others are noticed, and taken back.
    case monitor
}
