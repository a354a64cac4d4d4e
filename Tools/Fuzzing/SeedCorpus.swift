// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Foundation
import NetfilterKernel
import NftablesModel
import NodeCompiler
import PolicyDocuments
import RulesetDiff

/// What the fuzzer begins with: the golden cases.
struct SeedCorpus {
    /// The manifests of each case.
    private let cases: [[Source]]

    /// Reads the cases of a folder.
    init(golden folder: String) throws {
        let files = FileManager.default
        cases = try files.contentsOfDirectory(atPath: folder).sorted().map { name in
            try files.contentsOfDirectory(atPath: "\(folder)/\(name)").sorted()
                .filter { $0.hasSuffix(".yaml") || $0.hasSuffix(".json") }
                .map { file in
                    let path = "\(folder)/\(name)/\(file)"
                    return Source(
                        name: path,
                        bytes: Array(try Data(contentsOf: URL(fileURLWithPath: path))))
                }
        }
    }

    /// The inputs for a target.
    func inputs(for target: FuzzTarget) throws -> Set<[UInt8]> {
        var inputs: Set<[UInt8]> = []
        for sources in cases {
            switch target {
            case .manifests: inputs.formUnion(sources.map(\.bytes))
            case .netlink:
                let state = ClusterAssembly(DocumentDecoder().decode(sources)).state
                let table = NodeCompilation(state, node: "node-a").table
                for transaction in Migration(from: nil, to: table).transactions {
                    inputs.formUnion(try DatagramReading.datagrams(transaction))
                }
            }
        }
        return inputs
    }

    /// Writes them into a folder, a file each.
    func write(_ target: FuzzTarget, to folder: String) throws {
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        for (number, bytes) in try inputs(for: target).enumerated() {
            try Data(bytes).write(to: URL(fileURLWithPath: "\(folder)/\(number)"))
        }
    }
}
