// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Foundation

/// What the kernel holds, as far as it tells. Both are of the whole machine: only changes mean
/// something, and only while nobody else makes any.
struct KernelMemory {
    /// What is in use of the slabs from which objects come that are charged to a process, in MiB: elements, rules,
    /// chains and sets are (`GFP_KERNEL_ACCOUNT` in nf_tables_api.c), and little else is as large.
    /// Nil where the kernel does not say.
    var slabs: Double?
    /// The hash tables of large sets, among others, in MiB.
    var vmalloc: Double

    init() throws {
        let memory = try String(contentsOfFile: "/proc/meminfo", encoding: .utf8)
        let line = memory.split(separator: "\n").first { $0.hasPrefix("VmallocUsed:") }
        vmalloc = (line?.split(separator: " ").dropLast().last.flatMap { Double($0) } ?? 0) / 1_024
        // Read to its end: the kernel gives a long file in pieces.
        guard let file = FileHandle(forReadingAtPath: "/proc/slabinfo"),
            let data = try file.readToEnd()
        else { return }
        let caches = String(decoding: data, as: UTF8.self)
        var bytes = 0
        for cache in caches.split(separator: "\n") where cache.hasPrefix("kmalloc-cg-") {
            // slabinfo(5): the second column is how many objects are in use, the fourth their size.
            let fields = cache.split(separator: " ")
            guard fields.count > 3, let count = Int(fields[1]), let size = Int(fields[3])
            else { continue }
            bytes += count * size
        }
        guard bytes > 0 else { return }
        slabs = Double(bytes) / 1_048_576
    }
}
