import ArgumentParser
import LinkExtraction

/// The parts that are measured, in the order in which a page meets them.
enum PartName: String, CaseIterable, ExpressibleByArgument {
    case lookup
    case lookupMiss = "lookup-miss"
    case lookupMemory = "lookup-memory"
    case reuse
    case lease
    case headParsing = "head-parsing"
    case freshness
    case inflate
    case linkExtraction = "link-extraction"
    case linkExtractionSketch = "link-extraction-sketch"
    case urlResolving = "url-resolving"
    case robotsMatching = "robots-matching"
    case deflate
    case deflateFast = "deflate-fast"
    case bodyStore = "body-store"

    var unit: FigureUnit {
        switch self {
        case .linkExtraction, .linkExtractionSketch, .inflate, .deflate, .deflateFast: .megabytes
        default: .things
        }
    }

    /// What the project aims at, without failing by it; nil: nothing in particular.
    var goal: Double? {
        switch self {
        case .linkExtraction: 200
        case .urlResolving, .robotsMatching: 1_000_000
        default: nil
        }
    }

    func make(from pages: [Page]) async throws -> any MeasuredPart {
        switch self {
        case .lookup: try await LookupPart(finds: true)
        case .lookupMiss: try await LookupPart(finds: false)
        case .lookupMemory: try await MemoryLookupPart()
        case .reuse: try ReusePart()
        case .lease: try LeasePart()
        case .headParsing: HeadParsingPart()
        case .freshness: try FreshnessPart()
        case .inflate: try InflatePart(pages)
        case .linkExtraction: LinkExtractionPart(pages, options: LinkExtractionOptions())
        case .linkExtractionSketch: LinkExtractionPart(pages, options: LinkExtractionOptions(sketchesText: true))
        case .urlResolving: URLResolvingPart(pages)
        case .robotsMatching: try RobotsMatchingPart(pages)
        case .deflate: DeflatePart(pages, level: 6)
        case .deflateFast: DeflatePart(pages, level: 1)
        case .bodyStore: try BodyStorePart(pages)
        }
    }
}
