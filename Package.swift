// swift-tools-version: 6.1
import PackageDescription

// Imports go downwards only: a target may import what stands above it in this file, never a
// sibling. `make check` has the compiler verify that each import is declared here.

/// Settings of every target. The Makefile sets the variable, so that a warning fails our own builds
/// and never the build of somebody who depends on this package with a newer compiler.
let strictness: [SwiftSetting] =
    Context.environment["LARDER_WARNINGS_AS_ERRORS"] == "1" ? [.unsafeFlags(["-warnings-as-errors"])] : []

let swiftSettings: [SwiftSetting] =
    [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
    ] + strictness

let package = Package(
    name: "larder",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "Larder", targets: ["Larder"]),
        .executable(name: "larder", targets: ["LarderCommand"]),
        .executable(name: "larder-test-origin", targets: ["TestOriginCommand"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
    ],
    targets: [
        // System libraries.
        .systemLibrary(name: "CSQLite", providers: [.apt(["libsqlite3-dev"])]),
        .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),

        // Base: the grammar of HTTP, dates, URLs.
        .target(name: "HTTPSemantics"),

        // Pure: rules as total functions of their arguments; no clock, no Foundation, no I/O.
        .target(name: "HTTPCaching", dependencies: ["HTTPSemantics"]),
        .target(
            name: "CrawlPolicy",
            dependencies: [
                "HTTPSemantics",
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "HeapModule", package: "swift-collections"),
            ]),
        .target(name: "LinkExtraction", dependencies: ["HTTPSemantics"]),
        .target(name: "ContentCoding", dependencies: ["CZlib"]),

        // Adapters: one to the disk, one to the network.
        .target(
            name: "CacheStore",
            dependencies: [
                "CSQLite", "HTTPSemantics", "HTTPCaching", "CrawlPolicy",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "DequeModule", package: "swift-collections"),
            ],
            resources: [.embedInCode("schema.sql"), .embedInCode("schema-frontier.sql")]),
        .target(
            name: "HTTPTransport",
            dependencies: [
                "HTTPSemantics",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOTLS", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ]),

        // Engine: where cache meets network.
        .target(
            name: "CachingClient",
            dependencies: [
                "HTTPSemantics", "HTTPCaching", "CrawlPolicy", "ContentCoding", "CacheStore", "HTTPTransport",
                .product(name: "DequeModule", package: "swift-collections"),
            ]),

        // Services.
        .target(
            name: "CrawlEngine",
            dependencies: [
                "HTTPSemantics", "HTTPCaching", "CrawlPolicy", "LinkExtraction", "ContentCoding", "CacheStore", "CachingClient",
                .product(name: "DequeModule", package: "swift-collections"),
            ]),

        .target(
            name: "CachingProxy",
            dependencies: [
                "HTTPSemantics", "HTTPCaching", "CacheStore", "HTTPTransport", "CachingClient",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ]),

        // Fronts.
        .target(
            name: "Larder",
            dependencies: [
                "HTTPSemantics", "HTTPCaching", "CrawlPolicy", "ContentCoding", "CacheStore", "HTTPTransport", "CachingClient",
            ]),
        .executableTarget(
            name: "LarderCommand",
            dependencies: [
                "HTTPSemantics", "HTTPCaching", "ContentCoding", "CacheStore", "HTTPTransport", "CachingClient", "CrawlPolicy",
                "CrawlEngine", "CachingProxy",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),

        // The web site of `make demo` and of the tests.
        .target(
            name: "TestOrigin",
            dependencies: [
                "HTTPSemantics", "ContentCoding",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ]),
        .executableTarget(
            name: "TestOriginCommand",
            dependencies: ["TestOrigin", .product(name: "ArgumentParser", package: "swift-argument-parser")]),

        // Measurements of parts by themselves, for maintainers: no product.
        .executableTarget(
            name: "Benchmarks",
            dependencies: [
                "HTTPSemantics", "HTTPCaching", "CrawlPolicy", "LinkExtraction", "ContentCoding", "CacheStore", "HTTPTransport",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
            ]),

        // The example, which users build as a package of its own; here so that the tests build and run it.
        .executableTarget(name: "ChangedPages", dependencies: ["Larder"], path: "Examples/ChangedPages/Sources/ChangedPages"),

        // Tests.
        .target(name: "TestSupport", path: "Tests/TestSupport"),
        .executableTarget(
            name: "CacheStoreTestWriter", dependencies: ["CacheStore", "HTTPCaching", "HTTPSemantics"],
            path: "Tests/CacheStoreTestWriter"),
        .executableTarget(
            name: "CacheStoreTestPeer", dependencies: ["CacheStore", "CrawlPolicy", "HTTPCaching", "HTTPSemantics"],
            path: "Tests/CacheStoreTestPeer"),
        .executableTarget(
            name: "CacheStoreTestCrawler", dependencies: ["CacheStore", "HTTPSemantics"], path: "Tests/CacheStoreTestCrawler"),
        .testTarget(name: "HTTPSemanticsTests", dependencies: ["HTTPSemantics", "TestSupport"]),
        .testTarget(name: "HTTPCachingTests", dependencies: ["HTTPCaching", "HTTPSemantics"]),
        .testTarget(name: "CrawlPolicyTests", dependencies: ["CrawlPolicy", "HTTPSemantics", "TestSupport"]),
        .testTarget(name: "LinkExtractionTests", dependencies: ["LinkExtraction", "HTTPSemantics", "TestSupport"]),
        .testTarget(name: "BenchmarksTests", dependencies: ["Benchmarks"]),
        .testTarget(name: "ContentCodingTests", dependencies: ["ContentCoding", "TestSupport"]),
        .testTarget(
            name: "CacheStoreTests",
            dependencies: [
                "CSQLite", "CacheStore", "CacheStoreTestWriter", "CacheStoreTestPeer", "CacheStoreTestCrawler", "CrawlPolicy",
                "HTTPCaching", "HTTPSemantics", "TestSupport",
            ]),
        .testTarget(
            name: "HTTPTransportTests",
            dependencies: [
                "HTTPTransport", "HTTPSemantics", "TestSupport",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ]),
        .testTarget(
            name: "TestOriginTests",
            dependencies: [
                "TestOrigin", "ContentCoding", "HTTPSemantics",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ]),
        .testTarget(
            name: "CachingClientTests",
            dependencies: [
                "CachingClient", "CrawlPolicy", "CacheStore", "HTTPTransport", "HTTPCaching", "HTTPSemantics", "ContentCoding",
                "TestOrigin", "TestSupport",
            ]),
        .executableTarget(name: "LarderTestReader", dependencies: ["Larder"], path: "Tests/LarderTestReader"),
        .testTarget(
            name: "LarderTests",
            dependencies: [
                "Larder", "ChangedPages", "LarderTestReader", "ContentCoding", "HTTPSemantics", "TestOrigin", "TestSupport",
            ]),
        .testTarget(
            name: "CrawlEngineTests",
            dependencies: [
                "CrawlEngine", "CrawlPolicy", "LinkExtraction", "ContentCoding", "CachingClient", "CacheStore", "HTTPTransport",
                "HTTPCaching", "HTTPSemantics", "TestOrigin", "TestSupport",
            ]),
        .testTarget(
            name: "CachingProxyTests",
            dependencies: [
                "CachingProxy", "HTTPSemantics", "HTTPCaching", "HTTPTransport", "CachingClient", "CacheStore", "TestSupport",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ]),
        .testTarget(name: "ConformanceTests", dependencies: ["TestSupport", "LarderCommand", "HTTPSemantics"]),
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "TestSupport", "TestOrigin", "LarderCommand", "TestOriginCommand", "CacheStore", "CachingClient", "HTTPSemantics",
                "HTTPCaching", "ContentCoding",
            ]),
        .testTarget(
            name: "LarderCommandTests",
            dependencies: [
                "LarderCommand", "HTTPSemantics", "HTTPCaching", "ContentCoding", "CacheStore", "HTTPTransport", "CachingClient",
                "CrawlEngine", "TestSupport",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),
    ],
    swiftLanguageModes: [.v6]
)

for target in package.targets where target.type != .system {
    target.swiftSettings = swiftSettings
}
