// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// What has become of one object at a server.
enum ObjectChange: Hashable, Sendable {
    /// It is there, for the first time or anew.
    case put(ListedObject)
    /// It is gone.
    case remove(ListedObject)
}
