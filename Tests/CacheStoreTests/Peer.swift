import Foundation
import HTTPCaching
import TestSupport

@testable import CacheStore

extension LineProgram {
    /// `CacheStoreTestPeer`, which stands beside this program, in a process of its own.
    static func peer(_ cache: String, _ arguments: String...) throws -> LineProgram {
        try LineProgram("CacheStoreTestPeer", [cache] + arguments)
    }
}

/// Looks again and again until there is a value; the bound only ends a failing test.
func poll<Value>(for limit: Duration = .seconds(30), _ body: () async throws -> Value?) async throws -> Value? {
    let end = ContinuousClock.now + limit
    while ContinuousClock.now < end {
        if let value = try await body() { return value }
        try await Task.sleep(for: .milliseconds(2))
    }
    return nil
}

extension CacheStore {
    /// How many fetches wait in this store behind the one that has the lease or asks for it; nil where none does.
    func waiterCount(_ url: String) throws -> Int? {
        let hash = UInt64(bitPattern: KeyDigest(try makeKey(url)).prefix)
        return sharing.leases.waiterCount(LeaseTable.Position(hash: hash))
    }
}
