// swift-tools-version: 6.2
import PackageDescription

// `make` and CI set this variable, so that warnings of this package are errors. As a dependency, the package must not set that
// option: SwiftPM suppresses the warnings of dependencies, and the compiler refuses both options together. A manifest cannot detect
// whether its package is the root package.
let warningsAreErrors = Context.environment["SWITCHBOARD_STRICT"] != nil

let strict: [SwiftSetting] =
    [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
        .strictMemorySafety(),
    ] + (warningsAreErrors ? [.treatAllWarnings(as: .error)] : [])

/// The specs whose generated source is compiled with the tests.
let goldenSpecs = [
    "Addresses", "Alternatives", "Choices", "Chunks", "Cobs", "Counts", "Ends", "Enums", "Formats", "Gallery", "Guards",
    "HDLC", "Headers", "HexLines", "Kiss", "Layouts", "Lengths", "Methods", "Names", "Numbers", "Options", "Parts",
    "References", "Replies", "Requests", "SBP", "Seeds", "Slip", "Stages", "Stamps", "Sums", "Switches", "Tags",
    "Tails", "Texts", "Traces", "Trailers", "Turns", "Twins", "Varints", "Wide", "Words", "Zeros",
].map { "Golden/\($0).yaml" }

let package = Package(
    name: "Switchboard",
    products: [
        .library(name: "Switchboard", targets: ["Switchboard"]),
        .library(name: "NET001", targets: ["NET001"]),
        .library(name: "SwitchboardApplication", targets: ["SwitchboardApplication"]),
        .library(name: "SwitchboardNATS", targets: ["SwitchboardBackplane", "SwitchboardNATS"]),
        .library(name: "SwitchboardRedis", targets: ["SwitchboardBackplane", "SwitchboardRedis"]),
        .library(name: "SwitchboardTesting", targets: ["SwitchboardTesting"]),
        .library(name: "SwitchboardTracing", targets: ["SwitchboardTracing"]),
        .executable(name: "net001", targets: ["NET001Command"]),
        .executable(name: "switchboard", targets: ["SwitchboardCommand"]),
        .plugin(name: "SwitchboardPlugin", targets: ["SwitchboardPlugin"]),
        .plugin(name: "ProtocolCommand", targets: ["ProtocolCommand"]),
    ],
    traits: [
        .trait(name: "TLS", description: "TLS for servers and clients, over the system's OpenSSL (libssl-dev)."),
        .trait(name: "NATS", description: "A backplane over NATS JetStream, over the system's libnats (libnats-dev)."),
        .trait(name: "Tracing", description: "Spans for servers and clients, with swift-distributed-tracing."),
        .default(enabledTraits: []),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.7.3"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
        // For the tests only.
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
    ],
    targets: [
        // Terms of specs and of the wire: byte orders, checksums, coverages, faults.
        .target(name: "SwitchboardVocabulary", swiftSettings: strict),

        // Build time: from protocol.yaml to Swift source. No package dependencies, so that a first build takes seconds.
        .systemLibrary(
            name: "CLibYAML",
            pkgConfig: "yaml-0.1",
            providers: [.apt(["libyaml-dev"]), .brew(["libyaml"])]
        ),
        // Reads specs, and at run time the settings of servers.
        .target(
            name: "SwitchboardYAML",
            dependencies: ["SwitchboardVocabulary", "CLibYAML"],
            swiftSettings: strict
        ),
        .target(
            name: "SwitchboardSpec",
            dependencies: ["SwitchboardVocabulary", "SwitchboardYAML"],
            swiftSettings: strict
        ),
        // What commands for specs share: files, and the lines that they print.
        .target(name: "SwitchboardFiles", dependencies: ["SwitchboardSpec"], swiftSettings: strict),
        // Reads captures of network traffic.
        .target(
            name: "SwitchboardCaptures",
            dependencies: ["SwitchboardAddresses", "SwitchboardFiles", "SwitchboardSpec"],
            swiftSettings: strict
        ),
        .target(
            name: "SwitchboardGenerator",
            dependencies: ["SwitchboardFiles", "SwitchboardSpec"],
            swiftSettings: strict
        ),
        // Exchanges frames with a server by its spec, and shows them.
        .target(
            name: "SwitchboardCalling",
            dependencies: [
                "SwitchboardBytes", "SwitchboardFiles", "SwitchboardSpec", "SwitchboardTLS", "SwitchboardTransport",
                "SwitchboardVocabulary",
            ],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "switchboard-generate",
            dependencies: ["SwitchboardGenerator"],
            swiftSettings: strict
        ),
        .plugin(
            name: "SwitchboardPlugin",
            capability: .buildTool(),
            dependencies: ["switchboard-generate"]
        ),
        .plugin(
            name: "ProtocolCommand",
            capability: .command(
                intent: .custom(verb: "protocol", description: "Works with specs, as the command switchboard does.")
                // No permissions: SwiftPM would ask for them before every command, even before `check` and `--help`.
            ),
            dependencies: ["switchboard-generate"]
        ),

        // Run time: from bytes to handlers and back.
        .systemLibrary(name: "CCrypt", providers: [.apt(["libcrypt-dev"])]),
        .target(name: "CChecksum"),
        .target(name: "CLinux"),
        .target(name: "SwitchboardAddresses", swiftSettings: strict),
        .target(name: "SwitchboardBytes", dependencies: ["SwitchboardVocabulary"], swiftSettings: strict),
        .target(name: "SwitchboardWire", dependencies: ["SwitchboardBytes", "CChecksum"], swiftSettings: strict),
        .target(
            name: "SwitchboardRouter",
            dependencies: ["SwitchboardAddresses", "SwitchboardWire", .product(name: "Logging", package: "swift-log")],
            swiftSettings: strict
        ),
        .target(
            name: "SwitchboardTransport",
            dependencies: [
                "SwitchboardAddresses", "SwitchboardBytes", "CLinux",
                .product(name: "DequeModule", package: "swift-collections"),
            ],
            swiftSettings: strict
        ),
        .systemLibrary(
            name: "COpenSSL",
            pkgConfig: "openssl",
            providers: [.apt(["libssl-dev"]), .brew(["openssl"])]
        ),
        .target(
            name: "CTLS",
            dependencies: [.target(name: "COpenSSL", condition: .when(traits: ["TLS"]))],
            cSettings: [.define("TLS", .when(traits: ["TLS"]))]
        ),
        .target(
            name: "SwitchboardTLS",
            dependencies: ["SwitchboardBytes", "SwitchboardTransport", "CTLS"],
            swiftSettings: strict
        ),

        // Joins servers. A program that does not import SwitchboardRedis does not link it.
        .target(
            name: "SwitchboardBackplane",
            dependencies: ["SwitchboardBytes", .product(name: "DequeModule", package: "swift-collections")],
            swiftSettings: strict
        ),
        .target(
            name: "SwitchboardRedis",
            dependencies: [
                "SwitchboardBackplane", "SwitchboardBytes", "SwitchboardTransport", "SwitchboardTLS",
                .product(name: "DequeModule", package: "swift-collections"),
            ],
            swiftSettings: strict
        ),

        .systemLibrary(
            name: "CNATS",
            pkgConfig: "libnats",
            providers: [.apt(["libnats-dev"]), .brew(["cnats"])]
        ),
        .target(
            name: "CJetStream",
            dependencies: [.target(name: "CNATS", condition: .when(traits: ["NATS"]))],
            cSettings: [.define("NATS", .when(traits: ["NATS"]))]
        ),
        .target(
            name: "SwitchboardNATS",
            dependencies: ["CJetStream", "CLinux", "SwitchboardBackplane", "SwitchboardBytes", "SwitchboardTLS"],
            swiftSettings: strict
        ),

        .target(
            name: "SwitchboardServer",
            dependencies: [
                "CLinux", "SwitchboardBackplane", "SwitchboardRouter", "SwitchboardTransport", "SwitchboardTLS",
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict
        ),
        .target(
            name: "SwitchboardClient",
            dependencies: [
                "SwitchboardWire", "SwitchboardTransport", "SwitchboardTLS",
                .product(name: "DequeModule", package: "swift-collections"),
            ],
            swiftSettings: strict
        ),
        .target(
            name: "Switchboard",
            // Every module that Switchboard exports: its articles can link only to its dependencies.
            dependencies: [
                "SwitchboardAddresses", "SwitchboardBackplane", "SwitchboardBytes", "SwitchboardClient",
                "SwitchboardRouter", "SwitchboardServer", "SwitchboardTLS", "SwitchboardTransport",
                "SwitchboardVocabulary", "SwitchboardWire",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict
        ),
        .target(
            name: "SwitchboardTesting",
            dependencies: [
                "Switchboard", "SwitchboardBackplane", "SwitchboardBytes", "SwitchboardClient", "SwitchboardServer",
                "SwitchboardTransport",
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict
        ),

        // Spans of requests and messages. Without the trait, the module contains only an error that says how to turn it on.
        .target(
            name: "SwitchboardTracing",
            dependencies: [
                "SwitchboardAddresses", "SwitchboardClient", "SwitchboardRouter", "SwitchboardWire",
                .product(
                    name: "Tracing",
                    package: "swift-distributed-tracing",
                    condition: .when(traits: ["Tracing"])
                ),
            ],
            swiftSettings: strict
        ),

        // Users and the hashes of their tokens.
        .target(
            name: "SwitchboardCredentials",
            dependencies: [
                "SwitchboardRouter", "CCrypt", "CLinux", .product(name: "DequeModule", package: "swift-collections"),
            ],
            swiftSettings: strict
        ),

        // A server with what its operators need: settings, logs, signals, metrics.
        .target(
            name: "SwitchboardApplication",
            dependencies: [
                "Switchboard", "SwitchboardBytes", "SwitchboardCredentials",
                .target(name: "SwitchboardNATS", condition: .when(traits: ["NATS"])), "SwitchboardRedis",
                "SwitchboardServer", "SwitchboardTLS", "SwitchboardTransport", "SwitchboardYAML",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            resources: [.embedInCode("Admin/Page/page.html")],
            swiftSettings: strict
        ),

        // The bundled protocol and its server.
        .target(
            name: "NET001",
            dependencies: [
                "SwitchboardRouter", "SwitchboardClient", "SwitchboardCredentials",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict,
            plugins: ["SwitchboardPlugin"]
        ),
        .executableTarget(
            name: "NET001Command",
            dependencies: [
                "NET001", "Switchboard", "SwitchboardApplication", "SwitchboardCalling", "SwitchboardFiles",
                "SwitchboardSpec", "SwitchboardTLS", "SwitchboardTransport", "SwitchboardVocabulary", "SwitchboardYAML",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Histogram", package: "hdrhistogram-swift"),
            ],
            // A link to protocol.yaml, for the command call.
            resources: [.embedInCode("spec.yaml")],
            swiftSettings: strict
        ),

        // Outputs of the command switchboard, each a module of its own.
        .target(
            name: "SwitchboardC",
            dependencies: ["SwitchboardFiles", "SwitchboardSpec", "SwitchboardVocabulary"],
            swiftSettings: strict
        ),
        .target(
            name: "SwitchboardDiff",
            dependencies: ["SwitchboardFiles", "SwitchboardSpec"],
            swiftSettings: strict
        ),
        .target(
            name: "SwitchboardPython",
            dependencies: ["SwitchboardFiles", "SwitchboardSpec", "SwitchboardVocabulary"],
            resources: [.embedInCode("Runtime/connection.py"), .embedInCode("Runtime/wire.py")],
            swiftSettings: strict
        ),
        .target(name: "SwitchboardWireshark", dependencies: ["SwitchboardSpec"], swiftSettings: strict),
        .target(
            name: "SwitchboardReference",
            dependencies: ["SwitchboardFiles", "SwitchboardSpec"],
            resources: [.embedInCode("HTML/page.css"), .embedInCode("HTML/page.js")],
            swiftSettings: strict
        ),

        // The command switchboard: all outputs of a spec.
        .executableTarget(
            name: "SwitchboardCommand",
            dependencies: [
                "SwitchboardBytes", "SwitchboardC", "SwitchboardCalling", "SwitchboardCaptures", "SwitchboardDiff",
                "SwitchboardFiles", "SwitchboardGenerator", "SwitchboardPython", "SwitchboardReference",
                "SwitchboardSpec", "SwitchboardTLS", "SwitchboardTransport", "SwitchboardVocabulary",
                "SwitchboardWireshark", "SwitchboardYAML",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict
        ),

        // Shared by the tests of several modules. BackplaneTestSupport starts the engines of backplanes.
        .target(
            name: "TestSupport",
            dependencies: [
                "SwitchboardBytes", "SwitchboardServer", "SwitchboardWire",
                .product(name: "Subprocess", package: "swift-subprocess"),
            ],
            path: "Tests/TestSupport",
            swiftSettings: strict
        ),
        .target(
            name: "BackplaneTestSupport",
            dependencies: [
                "SwitchboardBackplane", "SwitchboardBytes", "SwitchboardTransport", "TestSupport",
                .product(name: "Subprocess", package: "swift-subprocess"),
            ],
            path: "Tests/BackplaneTestSupport",
            swiftSettings: strict
        ),
        .testTarget(name: "SwitchboardYAMLTests", dependencies: ["SwitchboardYAML"], swiftSettings: strict),
        .testTarget(
            name: "SwitchboardSpecTests",
            dependencies: ["SwitchboardSpec"],
            exclude: ["Mistakes"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "SwitchboardGeneratorTests",
            dependencies: ["SwitchboardSpec", "SwitchboardGenerator", "SwitchboardTesting"],
            exclude: goldenSpecs,
            swiftSettings: strict
        ),
        .testTarget(
            name: "SwitchboardDiffTests",
            dependencies: ["SwitchboardDiff", "SwitchboardSpec"],
            exclude: ["Rules"],
            swiftSettings: strict
        ),
        .testTarget(name: "SwitchboardAddressesTests", dependencies: ["SwitchboardAddresses"], swiftSettings: strict),
        .testTarget(name: "SwitchboardBytesTests", dependencies: ["SwitchboardBytes"], swiftSettings: strict),
        .testTarget(
            name: "SwitchboardWireTests",
            dependencies: ["SwitchboardWire", "CChecksum", "TestSupport"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "SwitchboardTransportTests",
            dependencies: ["SwitchboardTransport", "SwitchboardBytes", "TestSupport"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "SwitchboardRouterTests",
            dependencies: ["SwitchboardRouter", .product(name: "Logging", package: "swift-log")],
            swiftSettings: strict
        ),
        .testTarget(
            name: "SwitchboardClientTests",
            dependencies: ["Switchboard", "NET001", "TestSupport"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "SwitchboardTests",
            dependencies: ["Switchboard", "TestSupport"],
            swiftSettings: strict,
            plugins: ["SwitchboardPlugin"]
        ),
        .testTarget(
            name: "SwitchboardBackplaneTests",
            dependencies: ["SwitchboardBackplane", "SwitchboardBytes"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "SwitchboardRedisTests",
            dependencies: [
                "BackplaneTestSupport", "NET001", "Switchboard", "SwitchboardBackplane", "SwitchboardBytes",
                "SwitchboardRedis", "SwitchboardTransport", "SwitchboardTLS", "TestSupport",
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "SwitchboardNATSTests",
            dependencies: [
                "BackplaneTestSupport", "SwitchboardBackplane", "SwitchboardBytes", "SwitchboardNATS",
                "SwitchboardTransport", "SwitchboardTLS", "TestSupport",
            ],
            swiftSettings: strict
        ),
        // What all backplanes promise, tested with each of them.
        .testTarget(
            name: "BackplaneContractTests",
            dependencies: [
                "BackplaneTestSupport", "SwitchboardBackplane", "SwitchboardBytes", "SwitchboardNATS",
                "SwitchboardRedis", "SwitchboardTesting", "TestSupport",
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "SwitchboardTLSTests",
            dependencies: [
                "NET001", "Switchboard", "SwitchboardTesting", "SwitchboardTLS", "SwitchboardTransport", "TestSupport",
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "SwitchboardTestingTests",
            dependencies: ["NET001", "SwitchboardBackplane", "SwitchboardBytes", "SwitchboardTesting", "TestSupport"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "SwitchboardTracingTests",
            dependencies: [
                "Switchboard", "SwitchboardTracing", "TestSupport",
                .product(
                    name: "InMemoryTracing",
                    package: "swift-distributed-tracing",
                    condition: .when(traits: ["Tracing"])
                ),
                .product(
                    name: "Tracing",
                    package: "swift-distributed-tracing",
                    condition: .when(traits: ["Tracing"])
                ),
            ],
            swiftSettings: strict,
            plugins: ["SwitchboardPlugin"]
        ),
        .testTarget(
            name: "SwitchboardCredentialsTests",
            dependencies: ["SwitchboardCredentials", "Switchboard"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "SwitchboardApplicationTests",
            dependencies: [
                "NET001", "SwitchboardApplication", "TestSupport",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "NET001Tests",
            dependencies: ["NET001", "Switchboard", "SwitchboardTesting"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "SwitchboardServerTests",
            dependencies: [
                "Switchboard", "SwitchboardTesting", "TestSupport",
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict,
            plugins: ["SwitchboardPlugin"]
        ),
    ]
)

// For `make docs` only: packages that depend on this one do not resolve it.
if Context.environment["SWITCHBOARD_DOCS"] != nil {
    package.dependencies.append(.package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.4.0"))
}

// The targets of libFuzzer. Only `Scripts/fuzz` builds them, with the necessary options.
if Context.environment["SWITCHBOARD_FUZZ"] != nil {
    package.targets += [
        .systemLibrary(name: "CFuzzer", path: "Fuzz/Sources/CFuzzer"),
        .executableTarget(
            name: "Fuzz",
            dependencies: [
                "CFuzzer", "NET001", "Switchboard", "SwitchboardBackplane", "SwitchboardClient", "SwitchboardGenerator",
                "SwitchboardRedis", "SwitchboardSpec", "SwitchboardTesting", "SwitchboardTransport",
            ],
            path: "Fuzz/Sources/Fuzz",
            exclude: goldenSpecs,
            swiftSettings: strict
        ),
    ]
}
