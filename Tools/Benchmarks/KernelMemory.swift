// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Foundation

/// What the kernel holds, as far as it tells. Both are of the whole machine: only changes mean
/// something, and only while nobody else makes any.
struct KernelMemory {
    /// The slabs from which objects come that are charged to a process, in MiB: elements, rules,
    /// chains and sets are (`GFP_KERNEL_ACCOUNT` in nf_tables_api.c), and little else is as large.
    /// Nil where the kernel does not say.
    var slabs: Double?
    /// The hash tables of large sets, among others, in MiB.
    var vmalloc: Double

    init() throws {
        let memory = try String(contentsOfFile: "/proc/meminfo", encoding: .utf8)
        let line = memory.split(separator: "\n").first { $0.hasPrefix("VmallocUsed:") }
        vmalloc = (line?.split(separator: " ").dropLast().last.flatMap { Double($0) } ?? 0) / 1_024
        guard let caches = try? String(contentsOfFile: "/proc/slabinfo", encoding: .utf8) else {
            return
        }
        var pages = 0
        for cache in caches.split(separator: "\n") where cache.hasPrefix("kmalloc-cg-") {
            // slabinfo(5): the sixth column is the pages of a slab, the fifteenth how many there are.
            let fields = cache.split(separator: " ")
            guard fields.count > 14, let each = Int(fields[5]), let count = Int(fields[14])
            else { continue }
            pages += each * count
        }
        slabs = Double(pages * Int(getpagesize())) / 1_048_576
    }
}
