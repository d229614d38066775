// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "MQTTBroker",
    dependencies: [
        .package(name: "Switchboard", path: "../.."),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
    ],
    targets: [
        .executableTarget(
            name: "MQTTBroker",
            dependencies: [
                .product(name: "Switchboard", package: "Switchboard"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "CoreMetrics", package: "swift-metrics"),
            ],
            plugins: [.plugin(name: "SwitchboardPlugin", package: "Switchboard")]
        ),
        .testTarget(
            name: "MQTTBrokerTests",
            dependencies: [
                "MQTTBroker",
                .product(name: "Switchboard", package: "Switchboard"),
                .product(name: "SwitchboardTesting", package: "Switchboard"),
            ]
        ),
    ]
)
