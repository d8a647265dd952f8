import CachingClient
import HTTPSemantics

/// What becomes of an item that found no answer.
enum SilenceVerdict {
    /// It has come to its end.
    case ends
    /// The source has taken it back.
    case isTakenBack
    /// The source has taken it back as its host gives no answers: what else waits for that host follows.
    case isTakenBackWithItsHost
}

/// Where the URLs of a crawl come from, and who is told what became of each: a list, or a job that follows links.
protocol CrawlSource: Sendable {
    /// Works beside the crawl, until `finish` has been called and all that was noted is written.
    ///
    /// - Parameter fail: told of what further URLs would meet as well.
    func run(onFailure fail: @escaping @Sendable (CrawlError) -> Void) async

    /// The next items, at most so many; waits for them. Nil: no more will come. May be empty. Asked by one task.
    func next(atMost room: Int) async throws(CrawlError) -> [CrawlItem]?

    /// Ends the giving of items: `next` returns nil soon. Called from anywhere.
    func cancel()

    /// URLs that are not at their end, those of other processes included; nil where nobody knows.
    func remaining() async -> Int?

    /// All items have come to their end: `run` returns once that is written.
    func finish()

    /// Who reads the content of an item's answer; nil: nobody needs it.
    func reader(for item: CrawlItem) -> PageReader?

    /// What an answer brought; nil: nobody needs to know.
    func findings(of item: CrawlItem, _ outcome: FetchOutcome, _ contents: PageContents?) -> PageFindings?

    /// Waits until there is room for what another answer brings; returns at once after `cancel`.
    func waitForRoom() async

    /// Whether it takes note of ends: otherwise `ended` and `findings` have nothing to do.
    var notesEnds: Bool { get }

    /// Takes note of an item's end, once its answer is in the cache.
    ///
    /// - Parameter done: called, once, when the note is as durable as the source makes it, with what kept it from becoming so; called
    ///   from anywhere, also from within.
    func ended(
        _ item: CrawlItem, _ result: CrawlResult, _ findings: PageFindings?, done: @escaping @Sendable (CrawlError?) -> Void)

    /// Whether an item that found no answer is worth another attempt at once, as far as the source knows its host.
    func retries(_ item: CrawlItem) -> Bool

    /// What becomes of an item that found no answer.
    func verdict(on item: CrawlItem, after error: FetchError) -> SilenceVerdict

    /// Takes an item back whose host was put aside while it waited.
    func takesBack(_ item: CrawlItem)

    /// Takes an item back whose host wants to be left alone until then, for longer than a crawl waits; returns false where the item
    /// has come to its end by that.
    func takesBack(_ item: CrawlItem, until: UnixTime) -> Bool
}
