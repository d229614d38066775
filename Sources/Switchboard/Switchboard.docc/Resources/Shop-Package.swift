// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "Shop",
    dependencies: [
        .package(name: "Switchboard", path: "../Switchboard")
    ],
    targets: [
        .executableTarget(
            name: "Shop",
            dependencies: [.product(name: "Switchboard", package: "Switchboard")],
            plugins: [.plugin(name: "SwitchboardPlugin", package: "Switchboard")]
        )
    ]
)
