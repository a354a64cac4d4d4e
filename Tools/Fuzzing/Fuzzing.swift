// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Foundation

/// Feeds a target: `Fuzzing TARGET FILE…` with these files, once each; `Fuzzing TARGET --seeds
/// FOLDER` writes what to begin with; and if built by `Tools/fuzz`, `Fuzzing TARGET --libfuzzer …`
/// hands itself to libFuzzer with its arguments.
@main struct Fuzzing {
    static func main() throws {
        let arguments = CommandLine.arguments.dropFirst()
        guard let target = arguments.first.flatMap(FuzzTarget.init), arguments.count > 1 else {
            print("usage: Fuzzing manifests|netlink FILE… | --seeds FOLDER | --libfuzzer …")
            exit(2)
        }
        let rest = Array(arguments.dropFirst())
        switch rest[0] {
        case "--seeds": try SeedCorpus(golden: "Golden").write(target, to: rest[1])
        case "--libfuzzer": exit(LibFuzzer.run(target, Array(rest.dropFirst())))
        default:
            for file in rest {
                target.consume(Array(try Data(contentsOf: URL(fileURLWithPath: file))))
                print("\(file): neither crashes nor hangs")
            }
        }
    }
}
