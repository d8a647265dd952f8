import Foundation
import HTTPSemantics
import TestOrigin
import TestSupport
import Testing

/// The example program, as its users run it, and what the documentation shows of the library.
@Suite struct ExampleTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    @Test func `the example says what has changed since its last run`() async throws {
        try await withCache { _, origin, surroundings in
            func page(_ title: String) -> ScriptedResponse {
                .text("<html><TITLE lang=en>\n \(title)</Title>…", fields: ["Cache-Control": "max-age=600"])
            }
            origin.script("/same", page("The same\u{1B}[31m"))
            origin.script("/other", page("One"), page("Another"))
            origin.script("/moved", .redirect(to: "/same", status: 301))
            func run() async throws -> Program.Result {
                try await Program.run(
                    Program.built("ChangedPages"),
                    ["/same", "/other", "/moved"].map(origin.url) + ["http://127.0.0.1:1/"],
                    environment: ["LARDER_CACHE": surroundings.cacheDirectory])
            }
            func words(_ result: Program.Result) -> [String] { result.lines.map { $0.replacing(origin.baseURL, with: "") } }

            let first = try await run()
            #expect(first.status == 0, "\(first.errors)")
            #expect(
                words(first).prefix(3) == [
                    "new        47 bytes  /same  The same[31m", "new        37 bytes  /other  One",
                    "new        47 bytes  /moved  The same[31m",
                ])
            #expect(first.lines.last?.hasPrefix("failed     http://127.0.0.1:1/") == true)
            let second = try await run()
            #expect(
                words(second).prefix(3) == [
                    "unchanged  47 bytes  /same  The same[31m", "changed    41 bytes  /other  Another",
                    "unchanged  47 bytes  /moved  The same[31m",
                ])
        }
    }

    @Test func `the example is a package of its own`() async throws {
        let scratch = try TemporaryDirectory()
        let swift = try #require(
            (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map { "\($0)/swift" }
                .first(where: FileManager.default.isExecutableFile), "no swift on the PATH")
        let result = try await Program.run(
            swift,
            [
                "package", "--package-path", Self.root.appendingPathComponent("Examples/ChangedPages").path, "--scratch-path",
                scratch.file("build"), "--cache-path", scratch.file("cache"), "dump-package",
            ])
        #expect(
            result.status == 0 && result.text.contains("\"ChangedPages\"") && result.text.contains("\"Larder\""), "\(result.errors)"
        )
    }

    /// So that what the documentation shows is what the compiler has seen.
    @Test(arguments: ["README.md", "Sources/Larder/Larder.docc/GettingStarted.md", "Sources/Larder/Larder.docc/SharingOneCache.md"])
    func `code in the documentation is code that is built`(page: String) throws {
        func read(_ path: String) throws -> String {
            try String(contentsOf: Self.root.appendingPathComponent(path), encoding: .utf8)
        }
        func plain(_ code: Substring) -> String {
            code.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }.joined(separator: "\n")
        }
        let built = plain(Substring(try read("Tests/LarderTests/DocumentationTests.swift")))
        let snippets = try read(page).split(separator: "```swift\n").dropFirst().compactMap { $0.split(separator: "\n```").first }
        let code = snippets.filter { !$0.contains(".package(") }
        #expect(!code.isEmpty)
        for snippet in code { #expect(built.contains(plain(snippet)), "\(page): not in DocumentationTests.swift:\n\(snippet)") }
    }
}
