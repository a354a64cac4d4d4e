// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Glibc

#if FUZZING
/// libFuzzer's own main function (`compiler-rt/lib/fuzzer/FuzzerInterface.h`), which a build with
/// `-sanitize=fuzzer` links.
@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
    _ count: UnsafeMutablePointer<Int32>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
    _ consume: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
) -> Int32
#endif

/// Runs a target under libFuzzer.
enum LibFuzzer {
    /// - Returns: The exit status.
    static func run(_ target: FuzzTarget, _ options: [String]) -> Int32 {
        #if FUZZING
        var arguments = ([CommandLine.arguments[0]] + options).map { strdup($0) } + [nil]
        var count = Int32(arguments.count - 1)
        return arguments.withUnsafeMutableBufferPointer { buffer in
            var start = buffer.baseAddress
            return withUnsafeMutablePointer(to: &start) { start in
                switch target {
                case .manifests: runDriver(&count, start) { consume(.manifests, $0, $1) }
                case .netlink: runDriver(&count, start) { consume(.netlink, $0, $1) }
                }
            }
        }
        #else
        print("built without libFuzzer: use Tools/fuzz")
        return 2
        #endif
    }
}

#if FUZZING
import Glibc

private func consume(_ target: FuzzTarget, _ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    target.consume(Array(UnsafeBufferPointer(start: start, count: count)))
    return 0
}
#endif
