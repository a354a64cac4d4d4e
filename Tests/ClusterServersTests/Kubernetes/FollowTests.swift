// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Testing

/// Tests of sources with a server each. They come one after the other: each opens a connection for every
/// kind of objects, and counts on answers within seconds.
@Suite(.serialized) enum FollowTests {}
