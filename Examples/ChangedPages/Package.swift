// swift-tools-version: 6.1
import PackageDescription

let package = Package(
    name: "ChangedPages",
    platforms: [.macOS(.v15)],
    dependencies: [
        // In a package of your own: .package(url: "https://…/larder", from: "0.1.0")
        .package(name: "larder", path: "../..")
    ],
    targets: [
        .executableTarget(name: "ChangedPages", dependencies: [.product(name: "Larder", package: "larder")])
    ]
)
