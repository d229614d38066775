// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "Notes",
    dependencies: [
        .package(name: "Switchboard", path: "../Switchboard")
    ],
    targets: [
        .executableTarget(
            name: "Notes",
            dependencies: [.product(name: "Switchboard", package: "Switchboard")],
            plugins: [.plugin(name: "SwitchboardPlugin", package: "Switchboard")]
        ),
        .testTarget(
            name: "NotesTests",
            dependencies: ["Notes", .product(name: "SwitchboardTesting", package: "Switchboard")]
        ),
    ]
)
