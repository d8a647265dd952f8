import Foundation
import HTTPCaching
import HTTPSemantics
import TestSupport
import Testing

@testable import CacheStore

@Suite struct OpeningTests {
    let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    private func openError(_ path: String) -> StoreError? {
        do {
            _ = try CacheStore.open(directory: path)
            return nil
        } catch {
            return error
        }
    }

    private func makeDatabase() async throws {
        let store = try CacheStore.open(directory: directory.cache)
        for number in 0..<200 {
            let bytes = makeBytes(5000, seed: UInt64(number + 1))
            _ = try await store.put(
                makeEntry("http://a.example/\(number)"),
                content: CompleteBody(chunks: [bytes], digest: BodyDigest.of(bytes), wireBytes: 5000))
        }
        await store.close()
    }

    @Test func directoryAndFilesAreTheOwnersAlone() async throws {
        let nested = directory.path + "/a/b/cache/"
        let store = try CacheStore.open(directory: nested)
        try await store.store(makeEntry("http://a.example/"), makeBody("x"))
        let manager = FileManager.default
        for (name, mode) in [
            ("", 0o700), ("cache.db", 0o600), ("cache.lock", 0o600), ("cache.db-wal", 0o600), ("cache.db-shm", 0o600),
        ] {
            let attributes = try manager.attributesOfItem(atPath: nested + name)
            #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == mode, "\(name)")
        }
        #expect(try SQLiteConnection(path: nested + "cache.db", mode: .readOnly).integer("PRAGMA page_size") == 8192)
        #expect(try SQLiteConnection(path: nested + "cache.db", mode: .readOnly).integer("PRAGMA auto_vacuum") == 2)
        await store.close()
        #expect(try manager.contentsOfDirectory(atPath: nested).sorted() == ["cache.db", "cache.lock"])
    }

    /// Readers that are opened early answer as others do, wait for nobody at the end, and tell what is wrong when they are asked.
    @Test(.timeLimit(.minutes(1))) func readersMayBeOpenedBeforeThereIsAnythingToRead() async throws {
        var store = try CacheStore.open(directory: directory.cache)
        store.openReaders()
        store.openReaders()
        try await store.store(makeEntry("http://a.example/"), makeBody("x"))
        #expect(try await store.find("http://a.example/") != nil)
        await store.close()
        store.openReaders()
        #expect(await storeError { _ = try await store.lookup([]) }?.code == .closed)
        // What is open stays so, though its file goes.
        store = try CacheStore.openExisting(directory: directory.cache)
        store.openReaders()
        while store.readers.sleepingCount < 2 { try await Task.sleep(for: .milliseconds(1)) }
        let files = ["cache.db", "cache.db-wal", "cache.db-shm"]
        for name in files {
            try FileManager.default.moveItem(atPath: directory.cache + "/" + name, toPath: directory.path + "/" + name)
        }
        #expect(try await store.find("http://a.example/") != nil)
        await store.close()
        for name in files where FileManager.default.fileExists(atPath: directory.path + "/" + name) {
            try FileManager.default.moveItem(atPath: directory.path + "/" + name, toPath: directory.cache + "/" + name)
        }
        store = try CacheStore.openExisting(directory: directory.cache)
        try FileManager.default.removeItem(atPath: directory.cache + "/cache.db")
        store.openReaders()
        let code = await storeError { _ = try await store.lookup([makeKey("http://a.example/")]) }?.code
        #expect(code == .cannotCreate)
        await store.close()
    }

    @Test func withoutACacheThereIsNone() async throws {
        #expect(await storeError { _ = try CacheStore.openExisting(directory: directory.cache) }?.code == .noCache)
        #expect(!FileManager.default.fileExists(atPath: directory.cache))
    }

    @Test func aFileInTheWayIsNamed() throws {
        #expect(FileManager.default.createFile(atPath: directory.path + "/file", contents: Data("x".utf8)))
        let file = try #require(openError(directory.path + "/file"))
        #expect(file.code == .cannotCreate)
        #expect(file.description.contains(directory.path + "/file"))
        #expect(openError(directory.path + "/file/below")?.code == .cannotCreate)
        #expect(openError("/proc/larder-test")?.code == .cannotCreate)
        try FileManager.default.createSymbolicLink(atPath: directory.path + "/dangling", withDestinationPath: "/nowhere/at/all")
        #expect(openError(directory.path + "/dangling")?.code == .cannotCreate)
    }

    @Test func aLinkToADirectoryIsFollowedALinkToADatabaseIsNot() throws {
        try FileManager.default.createDirectory(atPath: directory.path + "/real", withIntermediateDirectories: false)
        try FileManager.default.createSymbolicLink(atPath: directory.path + "/link", withDestinationPath: directory.path + "/real")
        #expect(openError(directory.path + "/link") == nil)
        try FileManager.default.createDirectory(atPath: directory.cache, withIntermediateDirectories: false)
        try FileManager.default.createSymbolicLink(
            atPath: directory.database, withDestinationPath: directory.path + "/real/cache.db")
        #expect(openError(directory.cache)?.code == .cannotCreate)
    }

    @Test(.enabled(if: getuid() != 0, "root may write anywhere"))
    func aDirectoryWithoutPermissionIsNotWritable() throws {
        try FileManager.default.createDirectory(atPath: directory.cache, withIntermediateDirectories: false)
        try FileManager.default.setAttributes([.posixPermissions: 0o500], ofItemAtPath: directory.cache)
        #expect(openError(directory.cache)?.code == .notWritable)
    }

    @Test func aNetworkFileSystemIsRefused() {
        var options = CacheStore.Options()
        options.fileSystemKind = { _ in FileSystemKind(magicNumber: 0x6969) }
        do {
            _ = try CacheStore.open(directory: directory.cache, options: options)
            Issue.record("opened")
        } catch {
            #expect(error.code == .networkFileSystem(kind: .network(name: "NFS")))
            #expect(error.description.contains("NFS"))
        }
        #expect(!FileManager.default.fileExists(atPath: directory.database))
    }

    @Test func aNewerSchemaIsLeftUntouched() async throws {
        try await makeDatabase()
        try directory.execute("PRAGMA user_version = 99")
        let before = try directory.bytes(directory.database)
        #expect(openError(directory.cache)?.code == .newerSchema(found: 99, supported: Migrations.current.currentVersion))
        #expect(try directory.bytes(directory.database) == before)
    }

    @Test func anotherKeyRecipeIsRefused() async throws {
        try await makeDatabase()
        try directory.execute("UPDATE meta SET value = 'other' WHERE name = 'key_recipe'")
        let before = try directory.bytes(directory.database)
        #expect(openError(directory.cache)?.code == .differentKeyRecipe)
        #expect(try directory.bytes(directory.database) == before)
    }

    @Test func aDatabaseOfAnotherProgramIsRefused() throws {
        try FileManager.default.createDirectory(atPath: directory.cache, withIntermediateDirectories: false)
        #expect(FileManager.default.createFile(atPath: directory.database, contents: nil))
        try directory.execute("CREATE TABLE theirs (x); INSERT INTO theirs VALUES (1)")
        let before = try directory.bytes(directory.database)
        #expect(openError(directory.cache)?.code == .corrupt)
        #expect(try directory.bytes(directory.database) == before)
    }

    @Test func garbageInTheHeaderAndATruncatedFileAreCorrupt() async throws {
        try await makeDatabase()
        let whole = try directory.bytes(directory.database)
        var garbage = whole
        garbage.replaceSubrange(0..<16, with: [UInt8](repeating: 0x41, count: 16))
        try Data(garbage).write(to: URL(fileURLWithPath: directory.database))
        #expect(openError(directory.cache)?.code == .corrupt)
        try Data(whole.prefix(whole.count / 3)).write(to: URL(fileURLWithPath: directory.database))
        #expect(openError(directory.cache)?.code == .corrupt)
        try Data(whole.prefix(50)).write(to: URL(fileURLWithPath: directory.database))
        #expect(openError(directory.cache)?.code == .corrupt)
    }

    @Test func flippedPagesAreErrorsNeverCrashes() async throws {
        try await makeDatabase()
        let whole = try directory.bytes(directory.database)
        var codes: Set<String> = []
        for page in 1..<(whole.count / 8192) where page % 7 == 1 || page < 20 {
            var damaged = whole
            for offset in stride(from: page * 8192, to: (page + 1) * 8192, by: 3) { damaged[offset] = ~damaged[offset] }
            try Data(damaged).write(to: URL(fileURLWithPath: directory.database))
            do {
                let store = try CacheStore.open(directory: directory.cache)
                let report = try await store.verify()
                if !report.isClean { codes.insert("reported") }
                for entry in try await store.lookup((0..<200).map { try makeKey("http://a.example/\($0)") }).flatMap({ $0 }) {
                    _ = try await store.content(entry.body)
                }
                await store.close()
            } catch let error as StoreError {
                codes.insert(error.code.name)
            }
        }
        #expect(codes.contains("reported"))
        #expect(codes.isSubset(of: ["reported", "cache_corrupt", "cache_body_gone"]))
    }

    @Test func twoColdStartsAtOnceMakeOneDatabase() async throws {
        let path = directory.cache
        for round in 0..<10 {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for starter in 0..<8 {
                    group.addTask {
                        let store = try CacheStore.open(directory: "\(path)-\(round)")
                        try await store.store(makeEntry("http://a.example/\(starter)"), makeBody("\(starter)"))
                        await store.close()
                    }
                }
                try await group.waitForAll()
            }
            let store = try CacheStore.openExisting(directory: "\(path)-\(round)")
            #expect(try await store.count(EntryQuery(now: noon)) == 8)
            await store.close()
        }
    }
}
