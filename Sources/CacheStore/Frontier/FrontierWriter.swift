import CSQLite

/// The writing connection of a job with its tables: carries out a group of writes as one transaction.
///
/// Used on the writing thread alone; the caller of each method holds the ticket.
final class FrontierWriter {
    let connection: SQLiteConnection
    private let version: SQLiteStatement
    private let readProgress: SQLiteStatement
    private let writeProgress: SQLiteStatement
    private let hosts: HostNames
    private let seen: SeenURLs
    private let queue: QueueTable
    private let delayed: DelayedTable
    private let inflight: InflightTable
    private let pages: PageTable
    private let patterns: PatternTable
    private let cuts: CutTable
    private let leaser: FrontierLeaser

    /// What is committed.
    private var committed = FrontierProgress()
    /// The number that SQLite gives the file's state as long as nobody else writes; nil: nothing is known of the file.
    private var knownVersion: Int64?

    init(
        database: FrontierDatabase, mark: ProcessMark, known: KnownFingerprints, recentLimit: Int
    ) throws(StoreError) {
        connection = try database.openWriter()
        version = try connection.prepare("PRAGMA data_version")
        readProgress = try connection.prepare(FrontierProgress.select)
        writeProgress = try connection.prepare(FrontierProgress.replace)
        hosts = try HostNames(connection)
        seen = try SeenURLs(connection, known: known, limit: recentLimit)
        queue = try QueueTable(connection)
        delayed = try DelayedTable(connection)
        inflight = try InflightTable(connection, mark: mark)
        pages = try PageTable(connection)
        patterns = try PatternTable(connection)
        cuts = try CutTable(connection)
        leaser = FrontierLeaser(queue: queue, delayed: delayed, inflight: inflight, hosts: hosts)
    }

    /// Carries the writes out, all or none of them.
    func write(_ writes: [FrontierWrite], nowMilliseconds: Int64) throws(StoreError) {
        do throws(StoreError) {
            try connection.execute("BEGIN IMMEDIATE", operation: "begin")
            var progress = try refresh()
            try carryOut(writes, &progress, nowMilliseconds: nowMilliseconds)
            if progress != committed {
                progress.activeMilliseconds = max(progress.activeMilliseconds, nowMilliseconds)
                try progress.write(writeProgress)
            }
            try connection.execute("COMMIT", operation: "commit")
            committed = progress
            seen.didCommit()
        } catch {
            // Some failures have rolled back by themselves.
            if connection.isInTransaction { try? connection.execute("ROLLBACK") }
            hosts.forget()
            seen.didRollBack()
            knownVersion = nil
            throw error
        }
    }

    /// How far the job is, with what other processes have written.
    private func refresh() throws(StoreError) -> FrontierProgress {
        _ = try version.step("look for changes")
        let present = version.integer(0)
        version.reset()
        guard present != knownVersion else { return committed }
        let progress = try FrontierProgress(readProgress, path: connection.path)
        try seen.refresh(progress, wasRolledBack: knownVersion == nil)
        committed = progress
        knownVersion = present
        return progress
    }

    // MARK: A group

    /// What the writes of a group bring together, to be written at once.
    private struct Findings {
        var urls: [FrontierURL] = []
        /// The page that each of them was found on; nil: none.
        var referrers: [Int64?] = []
        var patterns: [PatternDelta] = []
        var cuts: [FrontierCut] = []
    }

    private func carryOut(
        _ writes: [FrontierWrite], _ progress: inout FrontierProgress, nowMilliseconds: Int64
    ) throws(StoreError) {
        var findings = Findings()
        var leases: [(LeaseRequest, FrontierReply<FrontierLease>)] = []
        var newCount = 0
        for write in writes {
            switch write.operation {
            case .add(let urls):
                findings.urls += urls
                findings.referrers += repeatElement(Int64?.none, count: urls.count)
            case .complete(let completions, let isRefused):
                for completion in completions { try finish(completion, isRefused: isRefused, &findings, &progress) }
            case .postpone(let urls, let due, let countsAttempt):
                for url in urls { try postpone(url, dueMilliseconds: due, countsAttempt: countsAttempt, &progress) }
            case .giveBack(let urls):
                for url in urls { try giveBack(url, &progress) }
            case .giveAllBack:
                let count = try inflight.releaseOwn()
                progress.inflight -= count
                progress.queued += count
            case .lease(let request, let reply):
                leases.append((request, reply))
            case .list(let entries):
                try pages.list(entries)
            case .beginRound(let round, let listedPage, let reply):
                newCount += try record(&findings, &progress)
                progress.listedPage = max(progress.listedPage, listedPage)
                reply.value = try beginRound(after: round, &progress, nowMilliseconds: nowMilliseconds)
            case .noteDone:
                newCount += try record(&findings, &progress)
                progress.state = 1
            case .noteWaiting:
                newCount += try record(&findings, &progress)
                if progress.inflight == 0, progress.queued + progress.delayed > 0 { progress.state = 2 }
            case .keepSettings(let settings):
                try FrontierDatabase.write(settings: settings, connection)
            case .readPatterns(let hashes, let reply):
                newCount += try record(&findings, &progress)
                reply.value = try read(hashes)
            case .barrier: break
            }
        }
        newCount += try record(&findings, &progress)
        // Last, so that they hand out what the group has brought.
        for (request, reply) in leases { reply.value = try leaser.lease(request, &progress) }
        try seen.merge(newCount: newCount, &progress)
    }

    private func finish(
        _ completion: Completion, isRefused: Bool, _ findings: inout Findings, _ progress: inout FrontierProgress
    ) throws(StoreError) {
        // One that is not in flight any more is finished, or another's: what was found there is, too.
        guard try inflight.remove(completion.leased.seq) else { return }
        progress.inflight -= 1
        let (page, pageClass) = try pages.finish(completion.leased, completion.answer, isRefused: isRefused, &progress)
        progress.finished[pageClass.rawValue] += 1
        findings.urls += completion.links
        findings.referrers += repeatElement(Optional(page), count: completion.links.count)
        findings.patterns += completion.patterns
        findings.cuts += completion.cuts
    }

    private func postpone(
        _ url: LeasedURL, dueMilliseconds: Int64, countsAttempt: Bool, _ progress: inout FrontierProgress
    ) throws(StoreError) {
        guard try inflight.remove(url.seq) else { return }
        let attempts = url.attempts < .max && countsAttempt ? url.attempts + 1 : url.attempts
        try delayed.add(url.row(attempts: attempts), dueMilliseconds: dueMilliseconds)
        progress.inflight -= 1
        progress.delayed += 1
    }

    private func giveBack(_ url: LeasedURL, _ progress: inout FrontierProgress) throws(StoreError) {
        guard try inflight.remove(url.seq) else { return }
        try queue.add(url.row())
        progress.inflight -= 1
        progress.queued += 1
    }

    /// Writes what was found and empties it; returns how many URLs were new.
    private func record(_ findings: inout Findings, _ progress: inout FrontierProgress) throws(StoreError) -> Int {
        defer { findings = Findings() }
        try patterns.add(findings.patterns)
        try cuts.add(findings.cuts, &progress)
        let new = try seen.add(findings.urls.map(\.fingerprint), &progress)
        if new.isEmpty { return 0 }
        var rows: [QueueRow] = []
        rows.reserveCapacity(new.count)
        for position in new {
            let url = findings.urls[position]
            progress.lastSeq += 1
            rows.append(
                QueueRow(
                    host: try hosts.number(of: url.authority), priority: url.priority, seq: progress.lastSeq, path: url.path,
                    fingerprint: Int64(bitPattern: url.fingerprint), depth: Int64(url.depth),
                    referrer: findings.referrers[position], flags: url.flags, attempts: 0))
        }
        // In the order of the table, so that neighbours are written one after another.
        rows.sort(by: QueueRow.inOrder)
        for row in rows { try queue.add(row) }
        progress.queued += Int64(rows.count)
        progress.state = 0
        return rows.count
    }

    private func read(_ hashes: [UInt64]) throws(StoreError) -> [StoredPattern] {
        var found: [StoredPattern] = []
        for hash in hashes {
            if let pattern = try patterns.find(hash) { found.append(pattern) }
        }
        return found
    }

    private func beginRound(
        after round: Int64, _ progress: inout FrontierProgress, nowMilliseconds: Int64
    ) throws(StoreError) -> RoundBeginning {
        guard progress.round == round, progress.queued == 0, progress.delayed == 0, progress.inflight == 0 else { return .refused }
        guard progress.listedPage == progress.lastPage else { return .unlisted }
        progress.round += 1
        progress.roundMilliseconds = nowMilliseconds
        progress.state = 0
        for index in progress.finished.indices { progress.finished[index] = 0 }
        try seen.clear(&progress)
        try patterns.clear()
        try cuts.clear(&progress)
        return .begun
    }
}
