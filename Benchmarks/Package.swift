// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
]

// A package of its own, so that whoever uses Switchboard does not have to fetch what it is measured against. Linux only.
let package = Package(
    name: "Benchmarks",
    products: [
        .executable(name: "epoll-server", targets: ["EpollServer"]),
        .executable(name: "nio-server", targets: ["NIOServer"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2")
    ],
    targets: [
        // A symbolic link to the package's own: every server computes its checksums by the same code.
        .target(name: "CChecksum"),
        .executableTarget(name: "EpollServer", dependencies: ["CChecksum"], cSettings: [.define("_GNU_SOURCE")]),
        .executableTarget(
            name: "NIOServer",
            dependencies: [
                "CChecksum",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: strict
        ),
    ],
    cLanguageStandard: .gnu17
)
