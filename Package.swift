// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PackageDescription

/// Every target is held to the same bar: Swift 6 language mode and no warnings.
let strict: [SwiftSetting] = [.treatAllWarnings(as: .error)]

/// A library target of the pipeline, with the targets it may import and nothing else.
func library(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

/// The tests of one target, in a folder that mirrors it.
func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(
        name: "\(name)Tests", dependencies: dependencies + ["PolicyTestKit"],
        path: "Tests/\(name)Tests", swiftSettings: strict)
}

let package = Package(
    name: "sluice",
    products: [.executable(name: "sluice", targets: ["sluice"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/swhitty/FlyingFox", from: "0.27.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
    ],
    targets: [
        library("NetworkPrimitives"),
        library("PolicyModel", ["NetworkPrimitives"]),
        library("PolicyDocuments", ["NetworkPrimitives", "PolicyModel", "Yams"]),
        library("ClusterSources", ["NetworkPrimitives", "PolicyModel", "PolicyDocuments"]),
        library(
            "ClusterServers",
            [
                "NetworkPrimitives", "PolicyModel", "PolicyDocuments", "ClusterSources", "Yams",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "Logging", package: "swift-log"),
            ]),
        library("PolicyResolution", ["NetworkPrimitives", "PolicyModel"]),
        library("MatchIR", ["NetworkPrimitives", "PolicyModel"]),
        library("NftablesModel", ["NetworkPrimitives"]),
        library(
            "NftablesLowering", ["NetworkPrimitives", "PolicyModel", "MatchIR", "NftablesModel"]),
        library(
            "NodeCompiler",
            [
                "NetworkPrimitives", "PolicyModel", "PolicyResolution", "MatchIR", "NftablesModel",
                "NftablesLowering",
            ]),
        library("RulesetDiff", ["NftablesModel"]),
        .systemLibrary(
            name: "CNetfilter", pkgConfig: "libnftnl",
            providers: [.apt(["libmnl-dev", "libnftnl-dev", "pkg-config"])]),
        library("NetfilterKernel", ["NftablesModel", "RulesetDiff", "CNetfilter"]),
        library("PolicyVerification", ["NetworkPrimitives", "PolicyModel", "NftablesModel"]),
        library(
            "PolicyAnalysis",
            ["NetworkPrimitives", "PolicyModel", "PolicyDocuments", "PolicyVerification"]),
        library(
            "NodeAgent",
            [
                "NetworkPrimitives", "PolicyModel", "PolicyDocuments", "ClusterSources",
                "ClusterServers",
                "PolicyResolution", "MatchIR", "NftablesModel", "NftablesLowering",
                "NodeCompiler", "RulesetDiff", "NetfilterKernel", "PolicyVerification", "Yams",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "FlyingFox", package: "FlyingFox"),
                .product(name: "FlyingSocks", package: "FlyingFox"),
            ]),
        .executableTarget(
            name: "sluice",
            dependencies: [
                "NetworkPrimitives", "PolicyModel", "PolicyDocuments", "ClusterSources",
                "ClusterServers", "MatchIR",
                "NftablesModel", "NodeCompiler", "RulesetDiff",
                "NetfilterKernel", "NodeAgent", "PolicyAnalysis", "PolicyVerification",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ], swiftSettings: strict),
        .target(
            name: "PolicyTestKit",
            dependencies: [
                "NetworkPrimitives", "PolicyModel", "PolicyVerification", "NftablesModel",
                "RulesetDiff",
            ],
            path: "Tests/PolicyTestKit", swiftSettings: strict),
        .target(
            name: "AgentTestKit",
            dependencies: [
                "PolicyModel", "PolicyTestKit", "NodeCompiler", "NftablesModel", "RulesetDiff",
                "NetfilterKernel",
            ],
            path: "Tests/AgentTestKit", swiftSettings: strict),
        .target(
            name: "VerificationTestKit",
            dependencies: [
                "NetworkPrimitives", "PolicyModel", "PolicyTestKit", "AgentTestKit",
                "NodeCompiler", "NftablesModel", "RulesetDiff", "NetfilterKernel",
                "PolicyDocuments", "PolicyVerification",
            ],
            path: "Tests/VerificationTestKit", swiftSettings: strict),
        .target(
            name: "ClusterTestKit",
            dependencies: [
                "PolicyModel", "PolicyDocuments", "ClusterSources", "PolicyTestKit",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            path: "Tests/ClusterTestKit", swiftSettings: strict),
        .executableTarget(
            name: "Soak",
            dependencies: [
                "AgentTestKit", "PolicyTestKit", "VerificationTestKit",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ], path: "Tools/Soak", swiftSettings: strict),
        .target(name: "CPacketInjector", path: "Tools/CPacketInjector"),
        .target(
            name: "RivalRulesets",
            dependencies: ["NetworkPrimitives", "PolicyModel", "PolicyResolution"],
            path: "Tools/RivalRulesets", swiftSettings: strict),
        .executableTarget(
            name: "TestServer",
            dependencies: [
                "ClusterTestKit",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ], path: "Tools/TestServer", swiftSettings: strict),
        .executableTarget(
            name: "Benchmarks",
            dependencies: [
                "CPacketInjector", "RivalRulesets",
                "NetworkPrimitives", "PolicyModel", "PolicyResolution", "MatchIR", "NodeCompiler",
                "NftablesLowering", "PolicyTestKit", "AgentTestKit", "ClusterTestKit",
                "PolicyDocuments", "ClusterSources", "ClusterServers",
                "RulesetDiff", "NftablesModel", "NetfilterKernel", "NodeAgent",
                "PolicyVerification", "PolicyAnalysis",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ], path: "Tools/Benchmarks", exclude: ["Results.md"], swiftSettings: strict),
        .executableTarget(
            name: "Fuzzing",
            dependencies: [
                "PolicyDocuments", "NodeCompiler", "NftablesModel", "RulesetDiff",
                "NetfilterKernel",
            ], path: "Tools/Fuzzing", exclude: ["manifests.dict"],
            swiftSettings: strict),
        .executableTarget(
            name: "Demonstration",
            dependencies: [
                "PolicyTestKit",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ], path: "Tools/Demonstration", exclude: ["Manifests"], swiftSettings: strict),
        tests("NetworkPrimitives", ["NetworkPrimitives"]),
        tests("ClusterSources", ["PolicyModel", "PolicyDocuments", "ClusterSources"]),
        tests(
            "ClusterServers",
            [
                "PolicyModel", "PolicyDocuments", "ClusterSources", "ClusterServers",
                "ClusterTestKit",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ]),
        tests("PolicyResolution", ["NetworkPrimitives", "PolicyModel", "PolicyResolution"]),
        tests("MatchIR", ["NetworkPrimitives", "PolicyModel", "MatchIR"]),
        tests("NftablesModel", ["NetworkPrimitives", "NftablesModel"]),
        tests("NftablesLowering", ["NftablesLowering"]),
        tests(
            "PolicyDocuments",
            ["NetworkPrimitives", "PolicyModel", "PolicyDocuments", "PolicyVerification"]),
        tests("PolicyVerification", ["NetworkPrimitives", "PolicyModel", "PolicyVerification"]),
        tests(
            "PolicyAnalysis",
            [
                "NetworkPrimitives", "PolicyModel", "PolicyDocuments", "PolicyVerification",
                "PolicyAnalysis",
            ]),
        tests("RulesetDiff", ["PolicyModel", "NodeCompiler", "NftablesModel", "RulesetDiff"]),
        tests(
            "Golden",
            [
                "MatchIR", "ClusterSources", "NodeCompiler", "PolicyDocuments",
                "PolicyVerification",
                "AgentTestKit",
            ]),
        tests(
            "NetfilterKernel",
            ["NetworkPrimitives", "NftablesModel", "RulesetDiff", "NetfilterKernel"]),
        tests("Lab", []),
        tests(
            "RivalRulesets",
            [
                "NetworkPrimitives", "PolicyModel", "PolicyVerification", "RivalRulesets",
                "VerificationTestKit",
            ]),
        tests(
            "EndToEnd",
            [
                "NetworkPrimitives", "PolicyModel", "PolicyDocuments", "ClusterSources",
                "NodeCompiler", "NftablesModel", "RulesetDiff", "NetfilterKernel",
                "PolicyVerification", "AgentTestKit", "VerificationTestKit", "ClusterTestKit",
                "NodeAgent",
            ]),
        tests(
            "NodeAgent",
            [
                "PolicyModel", "PolicyDocuments", "ClusterSources", "ClusterServers",
                "NftablesModel", "RulesetDiff", "NetfilterKernel", "NodeAgent", "NodeCompiler",
                "NetworkPrimitives",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]),
        tests("PolicyModel", ["PolicyModel"]),
        tests(
            "Deployment",
            ["PolicyDocuments", "ClusterServers", "NodeAgent", "AgentTestKit", "Yams"]),
        tests(
            "NodeCompiler",
            [
                "NetworkPrimitives", "PolicyModel", "PolicyResolution", "MatchIR", "NodeCompiler",
                "PolicyVerification", "NftablesModel", "NftablesLowering", "RulesetDiff",
                "PolicyDocuments",
            ]),
    ]
)
