// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyTestKit
import Testing

/// Labs for the tests of the lab itself.
enum SampleLab {
    static let nodeAddresses = ["172.18.0.2", "fd00:18::2"]

    /// A pod with an address of each family.
    static func pod(_ number: Int) -> LabHost {
        LabHost(name: "pod-\(number)", addresses: ["10.244.0.\(number)", "fd00:244::\(number)"])
    }

    /// The outside world, at several addresses.
    static let world = LabHost(
        name: "world",
        addresses: ["203.0.113.7", "198.51.100.9", "2001:db8::7", "2001:db8:1::9"])

    /// Two pods and the world.
    static func small(servedPorts: [UInt16] = [80, 443]) throws -> Lab {
        try Lab(
            hosts: [pod(1), pod(2), world], nodeAddresses: nodeAddresses,
            servedPorts: servedPorts)
    }

    /// Twelve pods and two worlds.
    static func large(servedPorts: [UInt16]) throws -> Lab {
        let outside = LabHost(name: "outside", addresses: ["192.0.2.33", "2001:db8:2::33"])
        return try Lab(
            hosts: (1...12).map(pod) + [world, outside], nodeAddresses: nodeAddresses,
            servedPorts: servedPorts)
    }
}

extension Trait where Self == ConditionTrait {
    /// Leaves a test out, with a message that says why, where no lab can be built.
    static var needsLab: ConditionTrait {
        .enabled(if: Lab.obstacle == nil, "\(Lab.obstacle ?? "a lab can be built")")
    }
}
