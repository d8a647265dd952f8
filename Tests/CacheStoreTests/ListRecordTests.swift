import Foundation
import HTTPSemantics
import TestSupport
import Testing

@testable import CacheStore

/// The records of crawls of plain lists.
@Suite struct ListRecordTests {
    let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    private func begin(
        _ name: String, at start: Int64, settings: String = "/\n-i\nlist", oldest: Int64 = 0
    ) throws -> ListRecord? {
        let contents = ListRecord.Contents(start: UnixTime(milliseconds: start), settings: settings)
        return try ListRecord.begin(
            cacheDirectory: directory.cache, name: jobName(name), contents, oldest: UnixTime(milliseconds: oldest))
    }

    private var files: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: directory.cache + "/jobs").sorted() }
    }

    @Test func aCrawlThatDidNotEndIsGoneOnWith() throws {
        try #expect(begin("list", at: 1000)?.isContinued == false)
        do {
            let second = try #require(try begin("list", at: 5000, settings: "another"))
            #expect(second.isContinued)
            #expect(second.contents == ListRecord.Contents(start: UnixTime(milliseconds: 1000), settings: "/\n-i\nlist"))
            try second.finish()
        }
        try #expect(files == [".lists"])
        try #expect(begin("list", at: 9000)?.isContinued == false)
    }

    @Test func oneProcessHasTheRecord() throws {
        let first = try #require(try begin("list", at: 1000))
        try #expect(begin("list", at: 2000) == nil)
        try #expect(begin("other", at: 2000) != nil)
        withExtendedLifetime(first) {}
    }

    @Test func anOldCrawlBeginsAnew() throws {
        _ = try begin("list", at: 1000)
        let later = try #require(try begin("list", at: 5000, settings: "new", oldest: 1001))
        #expect(!later.isContinued && later.contents.settings == "new")
        try #expect(ListRecord.read(cacheDirectory: directory.cache, name: jobName("list")) == later.contents)
    }

    @Test(arguments: ["", "larder list 1", "larder list 1\nx\n/", "larder list 2\n1000\n/", "\u{0}\n\n\n"])
    func whatIsNoRecordIsReplaced(text: String) throws {
        _ = try begin("list", at: 1000)
        try directory.write(text, to: "cache/jobs/list.list")
        try #expect(ListRecord.read(cacheDirectory: directory.cache, name: jobName("list")) == nil)
        try #expect(begin("list", at: 2000)?.isContinued == false)
        try #expect(ListRecord.read(cacheDirectory: directory.cache, name: jobName("list"))?.start.milliseconds == 2000)
    }

    @Test func aLongCommandLineHasNone() async throws {
        let error = await storeError { _ = try begin("list", at: 1, settings: String(repeating: "x", count: 1 << 20)) }
        #expect(error?.code == .invalidArgument)
        try #expect(files == [".lists"])
    }

    @Test func recordsAreListedAndRemoved() async throws {
        let record = try #require(try begin("b", at: 1000))
        await (try directory.openJob()).close()
        let listed = try FrontierStore.list(cacheDirectory: directory.cache)
        #expect(listed.map(\.name.text) == ["b", "job"])
        guard case .list(let contents)? = listed.first?.state else { return #expect(Bool(false)) }
        #expect(contents == record.contents)
        let inUse = await storeError { try FrontierStore.remove(cacheDirectory: directory.cache, name: try jobName("b")) }
        #expect(inUse?.code == .busy)
        withExtendedLifetime(record) {}
    }

    @Test func aRecordThatNobodyHasIsRemoved() async throws {
        _ = try begin("b", at: 1000)
        try FrontierStore.remove(cacheDirectory: directory.cache, name: jobName("b"))
        let gone = await storeError { try FrontierStore.remove(cacheDirectory: directory.cache, name: try jobName("b")) }
        #expect(gone?.code == .noJob)
        let modes = try FileManager.default.attributesOfItem(atPath: directory.cache + "/jobs/.lists")[.posixPermissions] as? Int
        #expect(modes == 0o600)
    }
}
