// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// Something that is fed any bytes and must neither crash nor hang.
enum FuzzTarget: String, CaseIterable {
    /// Manifests, from decoding to the node's table and its text.
    case manifests
    /// What the kernel says of a ruleset.
    case netlink

    /// Feeds it.
    func consume(_ bytes: [UInt8]) {
        switch self {
        case .manifests: ManifestInput(bytes: bytes).compile()
        case .netlink: NetlinkInput(bytes: bytes).decode()
        }
    }
}
