// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "Hello",
    dependencies: [
        .package(name: "Switchboard", path: "../..")
    ],
    targets: [
        .executableTarget(
            name: "Hello",
            dependencies: [.product(name: "Switchboard", package: "Switchboard")],
            plugins: [.plugin(name: "SwitchboardPlugin", package: "Switchboard")]
        ),
        .testTarget(
            name: "HelloTests",
            dependencies: ["Hello", .product(name: "Switchboard", package: "Switchboard")]
        ),
    ]
)
