// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// How lines of the log look.
public enum LogFormat: String, CaseIterable, Sendable {
    /// `2026-11-23T19:00:00.123Z info committed generation=12`, for people.
    case text
    /// One JSON object on each line, for machines.
    case json
}
