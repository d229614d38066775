// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "Imports",
    dependencies: [.package(url: "SWITCHBOARD", from: "1.0.0")],
    targets: [
        .target(
            name: "Rooms",
            dependencies: [
                .product(name: "Switchboard", package: "switchboard"),
                .product(name: "NET001", package: "switchboard"),
            ],
            plugins: [.plugin(name: "SwitchboardPlugin", package: "switchboard")]
        ),
        .executableTarget(
            name: "Games",
            dependencies: [
                "Rooms",
                .product(name: "Switchboard", package: "switchboard"),
                .product(name: "NET001", package: "switchboard"),
            ],
            plugins: [.plugin(name: "SwitchboardPlugin", package: "switchboard")]
        ),
        .testTarget(
            name: "RoomsTests",
            dependencies: ["Rooms", .product(name: "Switchboard", package: "switchboard")]
        ),
        .testTarget(
            name: "GamesTests",
            dependencies: ["Games", .product(name: "Switchboard", package: "switchboard")]
        ),
    ]
)
