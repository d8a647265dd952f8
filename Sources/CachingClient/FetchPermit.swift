import CacheStore
package import HTTPSemantics

/// What a fetch holds while it asks the origin, shared with all processes that use the cache.
package struct FetchPermit: Sendable {
    /// Keeps every other fetch of the same thing waiting; nil for a request whose answer others cannot use.
    let lease: Lease?
    /// The host's turn; nil where none is needed.
    let turn: HostTurn?
    /// Whether the store is to be asked again: it may have been changed since, and nobody can tell.
    var looksAgain = false
}

/// Whether a fetch may ask the origin now.
package enum Admission: Sendable {
    /// It may, with this.
    case granted(FetchPermit)
    /// Another fetch has brought an answer since the store was asked: prepare again.
    case outdated
    /// Another fetch of the same thing is under way, in this process or in another.
    case underWay
    /// Others ask the host as much as they may; it is worth looking again at that time.
    case busy(lookAgain: UnixTime)
    /// The host has asked to be left alone until then.
    case resting(until: UnixTime)
}
