import Foundation
import HTTPSemantics
import TestOrigin
import TestSupport
import Testing

/// Cache directories that cannot be used: each is refused with a reason before anything is fetched, and left as it is.
@Suite struct BadCacheDirectoryTests {
    let larder: Larder

    init() throws {
        larder = try Larder()
    }

    private func expectRefusal(
        _ larder: Larder, _ command: [String], status: Int32, code: String, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let result = try await larder.run(command + ["--json"])
        #expect(result.status == status, "\(command)", sourceLocation: sourceLocation)
        let last = try JSONValue.lines(result).last ?? .missing
        #expect(last["error"]["code"].string == code, "\(command)", sourceLocation: sourceLocation)
        #expect(result.errors.contains(larder.cache), "\(command): \(result.errors)", sourceLocation: sourceLocation)
        #expect(result.errors.contains("--cache") || result.errors.contains("away"), sourceLocation: sourceLocation)
    }

    @Test func aDirectoryUnderAFileCannotBeMade() async throws {
        try await withOrigin { origin in
            let file = try larder.directory.write("a file", to: "file")
            let bad = larder.with(cache: "\(file)/cache")
            try await expectRefusal(bad, ["crawl", origin.url("/a")], status: 3, code: "cache_cannot_create")
            try await expectRefusal(bad, ["get", origin.url("/a")], status: 3, code: "cache_cannot_create")
            #expect(origin.requestCount == 0)
            #expect(try larder.directory.read("file") == Array("a file".utf8))
        }
    }

    @Test func aCacheThatIsAFileCannotBeUsed() async throws {
        let file = try larder.directory.write("a file", to: "file")
        try await expectRefusal(
            larder.with(cache: file), ["crawl", "http://127.0.0.1:9/"], status: 3, code: "cache_cannot_create")
        #expect(try larder.directory.read("file") == Array("a file".utf8))
    }

    @Test func aDirectoryWhereNothingCanBeWrittenIsRefused() async throws {
        // Not even root makes a directory in /proc.
        try await expectRefusal(
            larder.with(cache: "/proc/larder-test/cache"), ["crawl", "http://127.0.0.1:9/"], status: 3, code: "cache_cannot_create")
    }

    @Test(.enabled(if: geteuid() != 0, "root may write everywhere"))
    func aDirectoryWithoutPermissionIsRefused() async throws {
        let directory = larder.directory.file("closed")
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        try FileManager.default.setAttributes([.posixPermissions: 0o500], ofItemAtPath: directory)
        try await expectRefusal(
            larder.with(cache: "\(directory)/cache"), ["crawl", "http://127.0.0.1:9/"], status: 3, code: "cache_not_writable")
    }

    @Test func readingCommandsWithoutACacheSaySo() async throws {
        for command in [["ls"], ["show", "http://127.0.0.1:9/"], ["stats"]] {
            let result = try await larder.run(command + ["--json"])
            #expect(result.status == 3)
            #expect(try JSONValue.lines(result).last?["error"]["code"] == "cache_missing")
            #expect(result.errors.contains("there is no cache"))
        }
        // Asking makes none.
        #expect(!FileManager.default.fileExists(atPath: larder.cache))
    }

    @Test func theCacheIsForItsOwnerAlone() async throws {
        try await withOrigin { origin in
            origin.script("/a", .text("a"))
            _ = try await larder.crawl([origin.url("/a")])
            for path in [""] + (try FileManager.default.subpathsOfDirectory(atPath: larder.cache)) {
                let attributes = try FileManager.default.attributesOfItem(atPath: "\(larder.cache)/\(path)")
                let permissions = attributes[.posixPermissions] as? Int
                let isDirectory = attributes[.type] as? FileAttributeType == .typeDirectory
                #expect(permissions == (isDirectory ? 0o700 : 0o600), "\(path)")
            }
        }
    }

    // MARK: - Databases

    /// A cache with one page of 300,000 bytes that do not compress.
    private func fill() async throws -> String {
        try await withOrigin { origin in
            let url = origin.url("/bytes/300000")
            let report = try await larder.crawl([url])
            try #require(report.outcomes == ["miss": 1])
            return url
        }
    }

    private var database: String { "\(larder.cache)/cache.db" }

    private func content(_ path: String) throws -> Data {
        try Data(contentsOf: URL(fileURLWithPath: path))
    }

    @Test func aFileThatIsNoDatabaseIsCalledDamaged() async throws {
        _ = try await fill()
        let noise = Data(GeneratedBody.bytes(from: 0, count: 65_521))
        try noise.write(to: URL(fileURLWithPath: database))
        for command in [["crawl", "http://127.0.0.1:9/"], ["get", "http://127.0.0.1:9/"], ["ls"], ["stats"]] {
            try await expectRefusal(larder, command, status: 24, code: "cache_corrupt")
        }
        #expect(try content(database) == noise)
    }

    @Test func aBodyThatTheDiskHasChangedIsNeverPrintedAsWhole() async throws {
        let url = try await fill()
        var bytes = try content(database)
        let mark = Data(GeneratedBody.bytes(from: 200_000, count: 64))
        let place = try #require(bytes.range(of: mark))
        bytes[place.lowerBound] ^= 1
        try bytes.write(to: URL(fileURLWithPath: database))
        let cat = try await larder.run("cat", url)
        #expect(cat.status == 24)
        #expect(cat.errors.contains("differs from its digest"))
        let get = try await larder.run("get", "--offline", "-o", larder.directory.file("out"), url)
        #expect(get.status == 24)
        #expect(!FileManager.default.fileExists(atPath: larder.directory.file("out")))
    }

    @Test func aDatabaseThatIsCutShortIsCalledDamaged() async throws {
        let url = try await fill()
        let bytes = try content(database)
        try bytes.prefix(bytes.count / 8192 / 2 * 8192).write(to: URL(fileURLWithPath: database))
        let cat = try await larder.run("cat", url)
        #expect(cat.status == 24)
        #expect(cat.errors.contains("damaged"))
    }

    @Test func aNewerSchemaIsRefusedAndLeftUntouched() async throws {
        let url = try await fill()
        let changed = try await Program.run("sqlite3", [database, "PRAGMA user_version = 999"])
        try #require(changed.status == 0, "install sqlite3")
        let before = try content(database)
        for command in [["crawl", url], ["get", url], ["ls"], ["show", url], ["stats"]] {
            try await expectRefusal(larder, command, status: 3, code: "cache_newer_schema")
        }
        let cat = try await larder.run("cat", url)
        #expect(cat.status == 3)
        #expect(cat.errors.contains("schema version 999"))
        #expect(try content(database) == before)
    }
}
