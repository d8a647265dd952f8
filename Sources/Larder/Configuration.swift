import CacheStore
import CachingClient
import HTTPCaching
import HTTPTransport

extension Cache {
    /// Where a cache lies and how it behaves.
    public struct Configuration: Sendable {
        /// The directory; made, with its parents, where it is missing. Default nil: the one that the program `larder` uses:
        /// `LARDER_CACHE`, else `$XDG_CACHE_HOME/larder`, else `~/.cache/larder`.
        public var directory: String?
        /// Whether a cache is made where there is none. Default true; false: opening ends with `cache_missing` then.
        public var createsCache = true
        /// Whether each write waits until the disk has it. Default false: a power cut can lose what was stored last, never the cache.
        public var isDurable = false
        /// How fetches use the cache where they do not say otherwise.
        public var fetchOptions = FetchOptions()
        /// Time for finding a server's address, connecting and TLS together. Default 10 s.
        public var connectTimeout = Duration.seconds(10)
        /// Time without any byte arriving. Default 30 s.
        public var idleTimeout = Duration.seconds(30)
        /// Threads for the network, at least 1; they start with the first request. Default 1, which serves thousands of fetches.
        public var networkThreads = 1
        /// What is asked of one host at a time. Default: four requests, without pauses. Nil: no bound, before servers of your own.
        public var politeness: Politeness? = Politeness()
        /// For how long a fetch waits for another that is fetching the same, in this process or another, or for its host's turn. Default
        /// 5 minutes.
        public var waitTimeout = Duration.seconds(300)
        /// For how long a write, or opening, waits for another process that holds the right to write. Default 30 s.
        public var lockTimeout = Duration.seconds(30)

        /// - Parameter directory: as `directory`.
        public init(directory: String? = nil) {
            self.directory = directory
        }

        var store: CacheStore.Options {
            var options = CacheStore.Options()
            options.durable = isDurable
            options.lockTimeout = lockTimeout
            return options
        }

        func client(_ fetch: FetchOptions) -> ClientConfiguration {
            ClientConfiguration(
                reuse: fetch.freshness.options, maximumBodyBytes: fetch.maximumBodyBytes, maximumRedirects: fetch.maximumRedirects,
                maximumTime: fetch.timeLimit, politeness: politeness?.policy, lockTimeout: waitTimeout)
        }

        /// The limits as given, with the proxies and certificates that the environment names.
        var transport: TransportConfiguration {
            var configuration = TransportConfiguration { ProcessEnvironment[$0] }
            configuration.connectTimeout = connectTimeout
            configuration.idleTimeout = idleTimeout
            // Each fetch has a limit of its own.
            configuration.maximumTime = nil
            configuration.eventLoops = max(1, networkThreads)
            return configuration
        }
    }
}
