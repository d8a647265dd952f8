import CacheStore

/// What `larder verify` found and did, counted.
struct VerifyAccount: Equatable {
    var entries: Int64 = 0
    var bodies: Int64 = 0
    var checkedBytes: Int64 = 0
    /// Bodies of a coding that this program does not know.
    var uncheckedBodies: Int64 = 0
    var problems: Int64 = 0
    /// Problems that were counted and not listed: a repair does not reach them.
    var unlistedProblems: Int64 = 0
    /// Whether a repair was carried out.
    var isRepaired = false
    /// Problems that it could not mend.
    var remaining = 0
    var removedEntries = 0
    var removedBodies: Int64 = 0
    var fetchedAgain = 0
    /// Entries that were removed and could not be fetched again.
    var lost = 0
    /// Whether the user wanted nothing to be fetched.
    var isOffline = false
    /// Whether a signal ended the fetching.
    var isStopped = false

    /// Success where there is no damage, or none any more and nothing missing that should have been fetched.
    var exit: ExitStatus {
        if problems == 0 { return .success }
        if isStopped { return .interrupted }
        let isMended = isRepaired && remaining == 0 && unlistedProblems == 0 && (lost == 0 || isOffline)
        return isMended ? .success : .damaged
    }

    /// What the user can do now; nil where there is nothing to do.
    var advice: String? {
        if problems == 0 { return nil }
        if isStopped { return "stopped; what was removed and not fetched again is listed above." }
        if !isRepaired { return "the cache is damaged. `larder verify --repair` removes what is damaged and fetches it again." }
        if remaining > 0 { return "the database itself is damaged. Move the cache away; a new one is made by itself." }
        if unlistedProblems > 0 { return "there were more problems than are mended at a time. Run it again." }
        return nil
    }
}

extension VerifyAccount {
    init(_ report: VerificationReport) {
        entries = report.entries
        bodies = report.bodies
        checkedBytes = report.checkedBytes
        uncheckedBodies = report.uncheckedBodies
        problems = report.problemCount
        unlistedProblems = report.problemCount - Int64(report.problems.count)
    }

    mutating func add(_ repair: RepairReport) {
        isRepaired = true
        remaining = repair.remaining.count
        removedEntries = repair.removedEntries.count
        removedBodies = repair.removedBodies
    }

    mutating func add(_ result: Refetching.Result) {
        switch result {
        case .repaired: fetchedAgain += 1
        case .removed: lost += 1
        }
    }
}
