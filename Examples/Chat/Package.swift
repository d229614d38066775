// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "Chat",
    dependencies: [
        .package(name: "Switchboard", path: "../.."),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    ],
    targets: [
        .executableTarget(
            name: "Chat",
            dependencies: [
                .product(name: "Switchboard", package: "Switchboard"),
                .product(name: "SwitchboardApplication", package: "Switchboard"),
                .product(name: "NET001", package: "Switchboard"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            plugins: [.plugin(name: "SwitchboardPlugin", package: "Switchboard")]
        ),
        .testTarget(
            name: "ChatTests",
            dependencies: [
                "Chat",
                .product(name: "Switchboard", package: "Switchboard"),
                .product(name: "NET001", package: "Switchboard"),
                .product(name: "SwitchboardTesting", package: "Switchboard"),
            ]
        ),
    ]
)
