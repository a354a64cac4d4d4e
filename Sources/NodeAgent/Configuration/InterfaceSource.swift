// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// Where the interfaces of pods are looked for whose objects do not tell them (S90).
public enum InterfaceSource: String, CaseIterable, Sendable {
    /// Nowhere. That a pod sends from other addresses than its own may be meant, and nothing in the
    /// cluster's objects says so: who wants such packets dropped has to say it.
    case off
    /// In the kernel's routes to the pods' addresses, where these leave no doubt.
    case routes
}
