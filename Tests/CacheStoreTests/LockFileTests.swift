import Testing

@testable import CacheStore

@Suite struct LockFileTests {
    @Test func instancesExcludeEachOtherByteByByte() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/lock"
        let first = try LockFile(path: path)
        let second = try LockFile(path: path)
        #expect(first.tryLock(5))
        #expect(first.tryLock(5))
        #expect(!second.tryLock(5))
        #expect(second.tryLock(6))
        first.unlock(5)
        #expect(second.tryLock(5))
    }

    @Test func theLockEndsWithItsInstance() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/lock"
        let second = try LockFile(path: path)
        do {
            let first = try LockFile(path: path)
            #expect(first.tryLock(5))
            #expect(!second.tryLock(5))
        }
        #expect(second.tryLock(5))
    }

    @Test func aTicketHoldsTheWriteByteAndFreesTheQueue() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/lock"
        let other = try LockFile(path: path)
        try TicketLock(file: LockFile(path: path)).withTicket { () throws(StoreError) in
            #expect(!other.tryLock(LockFile.Byte.write))
            #expect(other.tryLock(LockFile.Byte.queue))
            other.unlock(LockFile.Byte.queue)
        }
        #expect(other.tryLock(LockFile.Byte.write))
    }
}
