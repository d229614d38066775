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

let openSSL: [LinkerSetting] = [.linkedLibrary("ssl"), .linkedLibrary("crypto")]

// A separate package, so that users of Switchboard need not fetch the packages that it is compared with. Linux only.
let package = Package(
    name: "Benchmarks",
    products: [
        .executable(name: "epoll-server", targets: ["EpollServer"]),
        .executable(name: "connect-load", targets: ["ConnectLoad"]),
        .executable(name: "nio-server", targets: ["NIOServer"]),
        .executable(name: "client-requests", targets: ["ClientRequests"]),
        .executable(name: "nio-client", targets: ["NIOClient"]),
        .executable(name: "message-costs", targets: ["MessageCosts"]),
        .executable(name: "loop-scaling", targets: ["LoopScaling"]),
        .executable(name: "backplane-flood", targets: ["BackplaneFlood"]),
        .executable(name: "room-costs", targets: ["RoomCosts"]),
        .executable(name: "presence-costs", targets: ["PresenceCosts"]),
    ],
    dependencies: [
        .package(name: "Switchboard", path: ".."),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    ],
    targets: [
        // A symbolic link to Sources/CChecksum, so that all servers compute checksums with the same code.
        .target(name: "CServerChecksum"),
        .executableTarget(
            name: "EpollServer",
            dependencies: ["CServerChecksum"],
            cSettings: [.define("_GNU_SOURCE")],
            linkerSettings: openSSL
        ),
        .executableTarget(
            name: "ConnectLoad",
            dependencies: ["CServerChecksum"],
            cSettings: [.define("_GNU_SOURCE")],
            linkerSettings: openSSL
        ),
        .executableTarget(
            name: "NIOServer",
            dependencies: [
                "CServerChecksum",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "NIOClient",
            dependencies: [
                "CServerChecksum",
                "RequestLoad",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "ClientRequests",
            dependencies: [
                "RequestLoad",
                .product(name: "Switchboard", package: "Switchboard"),
                .product(name: "NET001", package: "Switchboard"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict
        ),
        .target(name: "RequestLoad", swiftSettings: strict),
        .target(
            name: "InProcess",
            dependencies: [.product(name: "Switchboard", package: "Switchboard")],
            swiftSettings: strict
        ),
        // Protocols whose headers generated code reads.
        .target(
            name: "BitHeader",
            dependencies: [.product(name: "Switchboard", package: "Switchboard")],
            swiftSettings: strict,
            plugins: [.plugin(name: "SwitchboardPlugin", package: "Switchboard")]
        ),
        .target(
            name: "LongHeader",
            dependencies: [.product(name: "Switchboard", package: "Switchboard")],
            swiftSettings: strict,
            plugins: [.plugin(name: "SwitchboardPlugin", package: "Switchboard")]
        ),
        .target(name: "CCounters"),
        .target(name: "CMemory", cSettings: [.define("_GNU_SOURCE")]),
        .executableTarget(
            name: "MessageCosts",
            dependencies: [
                "BitHeader",
                "CCounters",
                "InProcess",
                "LongHeader",
                .product(name: "Switchboard", package: "Switchboard"),
                .product(name: "NET001", package: "Switchboard"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "RoomCosts",
            dependencies: [
                "CMemory",
                "InProcess",
                .product(name: "Switchboard", package: "Switchboard"),
                .product(name: "NET001", package: "Switchboard"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "PresenceCosts",
            dependencies: [
                "InProcess",
                .product(name: "Switchboard", package: "Switchboard"),
                .product(name: "SwitchboardRedis", package: "Switchboard"),
                .product(name: "NET001", package: "Switchboard"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "LoopScaling",
            dependencies: [
                "InProcess",
                .product(name: "Switchboard", package: "Switchboard"),
                .product(name: "NET001", package: "Switchboard"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "BackplaneFlood",
            dependencies: [
                "InProcess",
                .product(name: "Switchboard", package: "Switchboard"),
                .product(name: "SwitchboardRedis", package: "Switchboard"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict
        ),
    ],
    cLanguageStandard: .gnu17
)
