// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// Which packets of a host endpoint a policy is about.
public enum HostTraffic: Hashable, Sendable {
    /// What the node itself sends and receives.
    case local
    /// That, and what it forwards (`applyOnForward`).
    case forwardedToo
    /// All that comes in, before its destination is translated (`preDNAT`).
    case beforeTranslation
    /// All packets, before connections are tracked; what is allowed is not tracked
    /// (`doNotTrack`).
    case untracked
}
