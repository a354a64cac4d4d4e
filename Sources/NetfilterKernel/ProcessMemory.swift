// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import CNetfilter

/// How the process gets its memory from the system.
public enum ProcessMemory {
    /// From how many bytes on a block is mapped by itself, and so given back when it is freed.
    private static let mappedFrom: Int32 = 256 << 10

    /// Keeps large blocks apart from small ones for good. Otherwise the C library, having once seen
    /// a large block freed, puts the next ones among the small, and what lies between those that
    /// stay is never given back: with 100,000 pods that is a quarter of the whole.
    public static func keepLargeBlocksApart() { sluice_map_blocks_from(mappedFrom) }
}
