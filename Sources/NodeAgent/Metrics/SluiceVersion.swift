// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// The version of this program.
public enum SluiceVersion {
    /// As `sluice --version` and the metric `sluice_build_info` give it.
    public static let current = "0.1.0"
}
