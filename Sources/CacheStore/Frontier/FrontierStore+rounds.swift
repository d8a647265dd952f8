package import HTTPSemantics

/// What came of the wish to begin a round.
enum RoundBeginning: Sendable {
    case begun
    /// There is something to do in the present round, or it is another one.
    case refused
    /// Pages were finished that `page_known` does not have.
    case unlisted
}

extension FrontierStore {
    /// Begins the round after `round`, in which no URL is known: those that are found again are fetched again, and compared with the
    /// rounds before. Patterns and cuts begin anew.
    ///
    /// Some seconds for a million pages of the round that ends. They are written in many short transactions, between which other
    /// processes write theirs; a process that is killed meanwhile leaves the job in its round, and the next one does it again.
    ///
    /// - Returns: false, and the round is not begun, where `round` is not drained, or is over: another process has begun the next one.
    package func beginRound(after round: Int) async throws(StoreError) -> Bool {
        try await flush()
        while true {
            let counts = try await progress()
            guard counts.round == round, FrontierCounts(counts).isDrained else { return false }
            if counts.listedPage < counts.lastPage {
                try await list(PageListing(database: database, pages: counts.listedPage + 1...counts.lastPage))
            }
            let reply = FrontierReply(RoundBeginning.refused)
            let operation = FrontierOperation.beginRound(after: counts.round, listedPage: counts.lastPage, reply)
            try await thread.submit(operation, name: "begin a round").value
            switch reply.value {
            case .begun: return true
            case .refused: return false
            case .unlisted: continue
            }
        }
    }

    /// URLs that are finished at a time by `giveUp`.
    private static let givenUpAtATime = 4096

    /// Finishes all URLs of the round that wait, without an answer: a job that has waited long enough goes on with its next round.
    ///
    /// - Parameter errorCode: why there was none.
    package func giveUp(errorCode: String, now: UnixTime) async throws(StoreError) {
        while true {
            let urls = try await lease(atMost: Self.givenUpAtATime, now: UnixTime(milliseconds: .max)).urls
            if urls.isEmpty { return }
            let completions = urls.map { url in
                Completion(
                    url, FinishedAnswer(status: nil, outcome: Int(clamping: url.flags), errorCode: errorCode, time: now))
            }
            try await complete(completions).value
        }
    }

    /// Enters pages into `page_known`. One that is there already, from an attempt that was broken off, is written once more: a page keeps
    /// its number.
    private func list(_ listing: PageListing) async throws(StoreError) {
        // The next part is read while one is written.
        var written: CommitHandle?
        while let part = try await listing.next() {
            try await written?.value
            written = try await thread.submit(
                .list(part), byteCount: 64 + part.count * MemoryLayout<KnownPage>.stride, name: "list the pages")
        }
        try await written?.value
    }
}
