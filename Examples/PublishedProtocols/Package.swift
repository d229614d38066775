// swift-tools-version: 6.2
import PackageDescription

/// A program that speaks the protocol of its `protocol.yaml`, and its tests.
func program(_ name: String, dependencies: [Target.Dependency] = []) -> [Target] {
    [
        .executableTarget(
            name: name,
            dependencies: [
                .product(name: "Switchboard", package: "Switchboard"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ] + dependencies,
            plugins: [.plugin(name: "SwitchboardPlugin", package: "Switchboard")]
        ),
        .testTarget(
            name: "\(name)Tests",
            dependencies: [
                .target(name: name),
                .product(name: "Switchboard", package: "Switchboard"),
                .product(name: "SwitchboardTesting", package: "Switchboard"),
            ] + dependencies
        ),
    ]
}

let package = Package(
    name: "PublishedProtocols",
    dependencies: [
        .package(name: "Switchboard", path: "../.."),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    ],
    targets: program("MemcachedServer", dependencies: ["Serving"])
        + program("ModbusServer", dependencies: ["Serving", "ModbusDevice"])
        // Its Router+Modbus.swift is a link to that of ModbusServer.
        + program("ModbusRTUServer", dependencies: ["Serving", "ModbusDevice"])
        + program("SMPPServer", dependencies: ["Serving"])
        + program("MQTTClient")
        + program("PostgresClient")
        + [
            // The device behind both servers of Modbus.
            .target(
                name: "ModbusDevice",
                dependencies: [
                    .product(name: "Switchboard", package: "Switchboard"),
                    .product(name: "ArgumentParser", package: "swift-argument-parser"),
                ]
            ),
            // What the commands of the servers have in common.
            .target(
                name: "Serving",
                dependencies: [
                    .product(name: "Switchboard", package: "Switchboard"),
                    .product(name: "ArgumentParser", package: "swift-argument-parser"),
                ]
            ),
        ]
)
