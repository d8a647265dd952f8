import CacheStore
import HTTPSemantics

/// The crawl of a plain list that this command works on, so that it can be gone on with.
struct OpenList {
    private let record: ListRecord

    /// A crawl that began longer ago is not gone on with by its command, which then means a new one; in milliseconds.
    private static let maximumAge: Int64 = 24 * 3600 * 1000

    /// Takes the record of a crawl, and makes it where there is none. Where that fails, it is said, and the crawl goes on without.
    ///
    /// - Parameter isResumed: whether the user has asked for this very crawl, however old it is.
    /// - Returns: nil where there is no record, also because another process is at the same crawl.
    static func begin(
        _ name: JobName, in cacheDirectory: String, settings: JobSettings, isResumed: Bool, console: Console
    ) -> OpenList? {
        let now = SystemClock.now()
        let oldest = isResumed ? UnixTime(milliseconds: .min) : now.advanced(byMilliseconds: -maximumAge)
        do {
            let contents = ListRecord.Contents(start: now, settings: settings.text)
            guard let record = try ListRecord.begin(cacheDirectory: cacheDirectory, name: name, contents, oldest: oldest)
            else { return nil }
            if record.isContinued {
                console.notice(
                    "going on with the crawl \(name.text): what was fetched since \(TimeText.date(record.contents.start)) "
                        + "is not asked for again.")
            }
            return OpenList(record: record)
        } catch {
            console.notice("this crawl has no record to go on with: \(error)")
            return nil
        }
    }

    /// The name that `larder resume` takes.
    var name: JobName { record.name }

    /// Since when what was fetched counts as fresh; nil for a crawl that begins.
    var freshSince: UnixTime? { record.isContinued ? record.contents.start : nil }

    /// The crawl has come to its end.
    func finish(_ console: Console) {
        do { try record.finish() } catch { console.notice("\(error)") }
    }
}
