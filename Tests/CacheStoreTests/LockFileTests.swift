import TestSupport
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
        try TicketLock(path: path).withTicket(within: .seconds(30)) { () throws(StoreError) in
            #expect(!other.tryLock(LockFile.Byte.write))
            #expect(other.tryLock(LockFile.Byte.queue))
            other.unlock(LockFile.Byte.queue)
        }
        #expect(other.tryLock(LockFile.Byte.write))
    }

    @Test(arguments: [LockFile.Byte.queue, LockFile.Byte.write])
    func waitingForATicketHasALimitAndLeavesNothingBehind(byte: Int64) throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/lock"
        let other = try LockFile(path: path)
        let ticket = try TicketLock(path: path)
        #expect(other.tryLock(byte))
        // The second attempt takes up the wait of the first.
        for _ in 0..<2 {
            #expect(throws: StoreError.self) {
                try ticket.withTicket(within: .milliseconds(20)) { () throws(StoreError) in Issue.record("ran") }
            }
        }
        other.unlock(byte)
        var runs = 0
        for _ in 0..<50 {
            try ticket.withTicket(within: .seconds(30)) { () throws(StoreError) in
                runs += 1
                #expect(!other.tryLock(LockFile.Byte.write))
            }
        }
        #expect(runs == 50)
        // Waits that were given up let go of the byte as soon as they have it.
        #expect(other.lock(LockFile.Byte.queue, within: .seconds(30)))
        #expect(other.lock(LockFile.Byte.write, within: .seconds(30)))
    }

    @Test func aWaitGivenUpIsOverOnceTheByteIsFree() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/lock"
        let holder = try LockFile(path: path)
        let ticket = try TicketLock(path: path)
        #expect(holder.tryLock(LockFile.Byte.write))
        #expect(throws: StoreError.self) {
            try ticket.withTicket(within: .milliseconds(20)) { () throws(StoreError) in }
        }
        holder.unlock(LockFile.Byte.write)
        // Nobody asks with `ticket` again; the byte must come free all the same.
        #expect(holder.lock(LockFile.Byte.write, within: .seconds(30)))
        _ = ticket
    }
}
