// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "Relay",
    dependencies: [
        .package(name: "Switchboard", path: "../Switchboard"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        .executableTarget(
            name: "Relay",
            dependencies: [
                .product(name: "Switchboard", package: "Switchboard"),
                .product(name: "NET001", package: "Switchboard"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ]
        )
    ]
)
