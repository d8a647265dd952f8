import Testing

@testable import CacheStore

@Suite struct SizeBudgetTests {
    @Test(arguments: [8 << 20, 10 << 20, 100 << 20, 1 << 30, 20 << 30, 1 << 40] as [Int64])
    func theSharesFitIntoTheLimit(maximum: Int64) {
        for other in [0, 100 << 10, 5 << 20] as [Int64] {
            let budget = SizeBudget(maximumBytes: maximum, otherBytes: other)
            #expect(budget.filePages * CacheDatabase.pageBytes + budget.logBytes + other <= maximum)
            #expect((2 << 20...64 << 20).contains(budget.logBytes))
            // What one group brings beyond its marks fits into log and file.
            #expect(
                budget.logPauseBytes + Int64(budget.groupBytes) <= budget.logBytes || budget.logPauseBytes == budget.logBytes / 2)
            #expect(
                budget.highPages * CacheDatabase.pageBytes + Int64(budget.groupBytes) <= budget.filePages * CacheDatabase.pageBytes)
            #expect(budget.lowPages < budget.highPages && budget.lowPages > budget.highPages * 9 / 10)
            #expect((ChunkID.maximumBytes...WriteGroup.maximumBytes).contains(budget.groupBytes))
        }
    }

    @Test func aLimitThatOtherFilesReachLeavesAlittleForTheDatabase() {
        let budget = SizeBudget(maximumBytes: 8 << 20, otherBytes: 100 << 20)
        #expect(budget.filePages * CacheDatabase.pageBytes == 1 << 20)
    }

    @Test func theReserveIsTheSmallerOfTwoUnlessItIsSet() {
        let small = FreeSpace(availableBytes: 0, totalBytes: 1 << 30)
        let large = FreeSpace(availableBytes: 0, totalBytes: 1 << 40)
        #expect(StoreSettings().reserve(of: small) == (1 << 30) / 20)
        #expect(StoreSettings().reserve(of: large) == 256 << 20)
        #expect(StoreSettings(reserveBytes: 0).reserve(of: large) == 0)
        #expect(StoreSettings(reserveBytes: 7).reserve(of: small) == 7)
    }

    @Test func anAdmissionIsUsedUpByWhatItLetsIn() {
        var admission = Admission(path: "/cache")
        #expect(admission.take(1 << 40, operation: "x") == nil)
        admission.roomBytes = 1000
        admission.refusal = StoreError(.diskReserve(freeBytes: 1, reserveBytes: 2), operation: "", path: "/cache")
        #expect(admission.take(800, operation: "x") == nil)
        #expect(admission.take(200, operation: "store an entry")?.operation == "store an entry")
        #expect(admission.take(80, operation: "x") == nil)
        admission.largestBodyBytes = 10
        #expect(admission.check(bodyBytes: 10, operation: "x") == nil)
        #expect(admission.check(bodyBytes: 11, operation: "x")?.code == .tooLargeForCache(largestBytes: 10))
    }
}
