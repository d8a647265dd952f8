import Foundation
import HTTPSemantics
import TestSupport
import Testing

@testable import CacheStore

/// The files of jobs.
@Suite struct FrontierFileTests {
    let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    @Test func namesLeadNowhereElse() {
        for name in ["a", "A-1_b.c", "2026-11-23", String(repeating: "x", count: 100)] { #expect(JobName(name)?.text == name) }
        for name in ["", ".", "..", ".a", "a/b", "a b", "a\0b", "ä", "a\n", "٣", String(repeating: "x", count: 101)] {
            #expect(JobName(name) == nil)
        }
    }

    private func open(_ name: String, create: Bool) throws -> FrontierStore {
        try FrontierStore.open(
            cacheDirectory: directory.cache, name: jobName(name),
            create: create ? JobFacts(settings: "of \(name)", fingerprintKey: [7]) : nil)
    }

    private func remove(_ name: String) throws {
        try FrontierStore.remove(cacheDirectory: directory.cache, name: jobName(name))
    }

    @Test func aJobKeepsTheFactsOfWhoMadeIt() async throws {
        #expect(await storeError { _ = try open("job", create: false) }?.code == .noJob)
        #expect(!FileManager.default.fileExists(atPath: directory.cache))
        let store = try directory.openJob()
        #expect(store.facts == JobFacts(settings: "-r", fingerprintKey: [0, 1, 255]))
        await store.close()
        let again = try open("job", create: true)
        #expect(again.facts == store.facts)
        await again.close()
    }

    @Test func theFilesAreTheirOwnersAlone() async throws {
        let store = try directory.openJob()
        try await store.addAll([makeURL(1)])
        let jobs = directory.cache + "/jobs"
        let modes = try (["."] + FileManager.default.contentsOfDirectory(atPath: jobs)).map { name in
            try #require(FileManager.default.attributesOfItem(atPath: jobs + "/" + name)[.posixPermissions] as? Int)
        }
        #expect(modes.first == 0o700 && modes.count == 5 && modes.dropFirst().allSatisfy { $0 == 0o600 })
        await store.close()
    }

    @Test func jobsAreListedAndRemoved() async throws {
        #expect(try FrontierStore.list(cacheDirectory: directory.cache).isEmpty)
        for name in ["two", "one"] {
            let store = try open(name, create: true)
            try await store.addAll((0..<3).map { makeURL($0) })
            await store.close()
        }
        try directory.write("no database, but as long as one would be", to: "cache/jobs/three.db")
        try directory.write("", to: "cache/jobs/empty.db")
        let listed = try FrontierStore.list(cacheDirectory: directory.cache)
        #expect(listed.map(\.name.text) == ["one", "three", "two"])
        #expect(listed.map(\.queued) == [3, nil, 3])
        #expect(listed.map { $0.error?.code } == [nil, .corrupt, nil])

        let store = try open("one", create: false)
        #expect(
            await storeError { try FrontierStore.remove(cacheDirectory: directory.cache, name: try jobName("one")) }?.code == .busy)
        await store.close()
        withExtendedLifetime(store) {}
        for name in ["two", "three", "empty"] { try FrontierStore.remove(cacheDirectory: directory.cache, name: jobName(name)) }
        #expect(
            await storeError { try FrontierStore.remove(cacheDirectory: directory.cache, name: try jobName("two")) }?.code == .noJob
        )
        let left = try FileManager.default.contentsOfDirectory(atPath: directory.cache + "/jobs").filter { !$0.hasPrefix("one") }
        #expect(left.isEmpty)
    }

    @Test func aNewerFileAndAnotherProgramsAreRefusedAsTheyLie() async throws {
        await (try directory.openJob()).close()
        try directory.jobExecute("PRAGMA user_version = 99")
        let newer = await storeError { _ = try directory.openJob() }
        #expect(newer?.code == .newerSchema(found: 99, supported: 1) && newer?.path == directory.jobPath)
        try directory.jobExecute("PRAGMA user_version = 1; PRAGMA application_id = 5")
        let other = await storeError { _ = try directory.openJob() }
        #expect(other?.code == .corrupt && other?.path == directory.jobPath)
        #expect(try directory.jobInteger("PRAGMA application_id") == 5)
    }

    @Test func aDamagedFileIsRefusedWithItsPath() async throws {
        let store = try directory.openJob()
        try await store.addAll((0..<5000).map { makeURL($0) })
        await store.close()
        var bytes = try directory.bytes(directory.jobPath)
        // All behind the first page: the schema is there, the tables are not.
        for index in 8192..<bytes.count { bytes[index] = 0xA5 }
        try directory.write(bytes, to: "cache/jobs/job.db")
        let inTables = await storeError {
            let store = try directory.openJob()
            _ = try await store.take(10)
        }
        #expect(inTables?.code == .corrupt && inTables?.path == directory.jobPath)
        try directory.write(makeBytes(30_000, seed: 1), to: "cache/jobs/job.db")
        let inHead = await storeError { _ = try directory.openJob() }
        #expect(inHead?.code == .corrupt && inHead?.path == directory.jobPath)
    }

    @Test func aFullDiskFailsTheWritesAndTheJobGoesOn() async throws {
        // SQLite reports the bound of the file as it reports a full disk.
        var store = try directory.openJob { $0.maximumPages = 100 }
        var count = 0
        var failure: StoreError?
        while failure == nil, count < 50_000 {
            failure = await storeError { try await store.addAll((count..<count + 500).map { makeURL($0) }) }
            if failure == nil { count += 500 }
        }
        #expect(failure?.code == .diskFull && count > 500 && count < 50_000)
        #expect(try await store.counts().known == Int64(count))
        #expect(!store.isKnown(makeURL(count + 1).fingerprint))
        await store.close()
        try directory.checkJob()

        store = try directory.openJob()
        try await store.addAll((0..<count + 500).map { makeURL($0) })
        #expect(try await store.counts().known == Int64(count) + 500)
        #expect(try await store.take(10).map(\.path) == (0..<10).map { "/\($0)" })
        try directory.checkJob()
        await store.close()
    }

    @Test func theSameStoreGoesOnAfterAFullDisk() async throws {
        let store = try directory.openJob { $0.maximumPages = 100 }
        try await store.addAll([makeURL(100_001), makeURL(100_002)])
        let leased = try await store.take(1)
        let many = (0..<20_000).map { makeURL($0, host: "new") }
        let failure = await storeError { try await store.finish(leased, links: many) }
        #expect(failure?.code == .diskFull)
        // Nothing of it is there, and all of it can be done again.
        try directory.checkJob()
        #expect(try await store.counts().inflight == 1)
        try await store.finish(leased, links: [makeURL(100_003, host: "other")] + many[..<10])
        #expect(try await store.counts().known == 13)
        // The number that the new server had meanwhile is the other one's now.
        let found = try await store.take(20).map(\.url)
        #expect(found.filter { $0.hasPrefix("http://new.example/") } == (0..<10).map { "http://new.example/\($0)" })
        #expect(found.contains("http://other.example/100003"))
        try directory.checkJob()
        await store.close()
    }
}

extension JobListing {
    fileprivate var queued: Int64? {
        if case .frontier(let counts) = state { counts.queued } else { nil }
    }

    fileprivate var error: StoreError? {
        if case .damaged(let error) = state { error } else { nil }
    }
}
