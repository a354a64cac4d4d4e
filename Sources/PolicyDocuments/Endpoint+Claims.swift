// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

extension Endpoint {
    /// Whether its addresses are its alone: policies can select it, and it is no interface of a
    /// node, of which several may name one address.
    package var claimsAddresses: Bool { isPoliced && id.kind != .host }
}
